// Processes by key, each with a value. Source: Elixir's Registry.
#pragma once

#include "../address/pid.hpp"
#include "../address/send.hpp"
#include "../term/term.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace websock::runtime {

class process;

/// A table in which processes register themselves, from their own shard, and which any
/// thread may read. The entries of a process are gone before anyone hears of its exit.
class registry {
public:
  /// Whether a key has at most one entry, or any number of them.
  enum class keys_are : std::uint8_t { unique, duplicate };

  struct entry {
    pid who;
    term value;
    friend bool operator==(const entry&, const entry&) = default;
  };
  struct record {
    std::string key;
    entry of;
  };
  /// {ok, _} or {error, {already_registered, Pid}}.
  struct registration {
    pid already_registered; // the holder of the unique key; empty on success
    [[nodiscard]] bool is_ok() const noexcept { return !already_registered; }
  };
  struct update {
    term now;
    term before;
  };

  explicit registry(keys_are kind);

  /// Registers `self` under `key` with `values` as one term, which may be empty. With
  /// duplicate keys a process may register the same key again. Source:
  /// Registry.register/3.
  template <class... Ts>
  [[nodiscard]] registration register_key(process& self, std::string_view key,
                                          Ts&&... values) {
    if constexpr (sizeof...(Ts) == 0)
      return add(self, key, term());
    else
      return add(self, key, detail::make_term(std::forward<Ts>(values)...));
  }
  /// Removes all entries of `self` under `key`, if any.
  void unregister_key(process& self, std::string_view key);
  /// Replaces the value of `self` under a unique key by the result of `change(const
  /// term&)`. Empty when `self` does not have the key. Throws std::invalid_argument for
  /// duplicate keys. Source: Registry.update_value/3.
  template <class F>
  std::optional<update> update_value(process& self, std::string_view key, F change) {
    auto before = own_value(self, key);
    if (!before)
      return std::nullopt;
    auto now = detail::make_term(change(std::as_const(*before)));
    replace(self, key, now);
    return update{std::move(now), std::move(*before)};
  }

  /// The entries under `key`, in order of registration.
  [[nodiscard]] std::vector<entry> lookup(std::string_view key) const;
  /// The keys of `who`, one per entry, in order of registration.
  [[nodiscard]] std::vector<std::string> keys(const pid& who) const;
  /// The number of entries. O(1).
  [[nodiscard]] std::size_t count() const noexcept;
  /// The entries under `key` whose value satisfies `wanted(const term&)`.
  /// Source: Registry.match/3.
  template <std::predicate<const term&> F>
  [[nodiscard]] std::vector<entry> match(std::string_view key, F wanted) const {
    auto found = lookup(key);
    std::erase_if(found, [&](const entry& each) { return !wanted(each.value); });
    return found;
  }
  /// All entries that satisfy `wanted(key, entry)`, not ordered by key.
  /// Source: Registry.select/2.
  template <std::predicate<std::string_view, const entry&> F>
  [[nodiscard]] std::vector<record> select(F wanted) const {
    auto found = records();
    std::erase_if(found, [&](const record& each) { return !wanted(each.key, each.of); });
    return found;
  }
  /// Calls `work(const std::vector<entry>&)` once with the entries under `key`, unless
  /// there are none. Source: Registry.dispatch/3.
  template <class F>
  void dispatch(std::string_view key, F work) const {
    if (const auto entries = lookup(key); !entries.empty())
      work(entries);
  }

  /// The holder of the unique `key`; an empty pid if there is none. Throws
  /// std::invalid_argument for duplicate keys. Source: Registry.whereis_name/1.
  [[nodiscard]] pid whereis_name(std::string_view key) const;
  /// Sends to the holder of the unique `key`. Throws std::invalid_argument if there is
  /// none. Source: Registry.send/2.
  template <class... Ts>
  void send(std::string_view key, Ts&&... values) const {
    runtime::send(registered_as(key), std::forward<Ts>(values)...);
  }

private:
  class table;

  registration add(process& self, std::string_view key, term value);
  [[nodiscard]] std::optional<term> own_value(process& self, std::string_view key) const;
  void replace(process& self, std::string_view key, term value);
  [[nodiscard]] std::vector<record> records() const;
  [[nodiscard]] pid registered_as(std::string_view key) const;

  std::shared_ptr<table> table_; // shared with the processes that it lists
};

} // namespace websock::runtime
