// Registered names: one per process at most, and one process per name.
#pragma once

#include "../table/text_hash.hpp"
#include "pid.hpp"

#include <functional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace websock::runtime {

namespace detail {
/// Marks whether `who` has a name to free when it exits (process_life.cpp).
void mark_named(const pid& who, bool named) noexcept;
} // namespace detail

/// Thread-safe. Names are read far more often than changed, hence a single reader-writer
/// lock, never held while other code runs.
class name_table {
public:
  /// Throws std::invalid_argument for an empty or taken name, a dead or foreign process,
  /// or a process that already has a name.
  void add(std::string name, const pid& who);
  /// Throws std::invalid_argument when the name is not registered.
  void remove(std::string_view name);
  /// Frees the name, if any, of a process that exits.
  void forget(const pid& who);
  [[nodiscard]] pid whereis(std::string_view name) const;
  /// Like whereis, but throws std::invalid_argument when the name is not registered.
  [[nodiscard]] pid registered_as(std::string_view name) const;
  /// The name of `who`; empty when it has none.
  [[nodiscard]] std::string name_of(const pid& who) const;
  /// All names, in no order. Source: erlang:registered/0.
  [[nodiscard]] std::vector<std::string> registered() const;

private:
  mutable std::shared_mutex mutex_;
  std::unordered_map<std::string, pid, detail::text_hash, std::equal_to<>> by_name_;
  std::unordered_map<pid, std::string> by_pid_;
};

} // namespace websock::runtime
