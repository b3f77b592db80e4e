// The aliases and requests of local processes that other nodes have been given.
#pragma once

#include "../address/alias.hpp"
#include "../address/pid.hpp"
#include "../term/reference.hpp"

#include <cstddef>
#include <memory>
#include <mutex>
#include <unordered_map>

namespace websock::runtime::distribution {

/// Finds the owner of an alias by its reference, for messages from other nodes. Any
/// thread. Whenever the table has doubled, those that are not active any more are swept
/// out: each shard says which of its processes' they are.
class exported_aliases {
public:
  void add(const alias& address);
  /// The owner is empty when no other node was given the alias.
  [[nodiscard]] alias find(reference ref) const;
  [[nodiscard]] std::size_t size() const;
  /// Forgets all, and takes none any more.
  void close() noexcept;

private:
  static constexpr std::size_t least_swept = 1'024;

  /// What sweeps under way keep.
  struct table {
    std::mutex mutex; // encoders on all threads, the connections' shard
    std::unordered_map<reference, pid> owners;
    std::size_t swept_at = least_swept;
    bool is_closed = false;
  };

  static void sweep(const std::shared_ptr<table>& all);

  const std::shared_ptr<table> table_ = std::make_shared<table>();
};

} // namespace websock::runtime::distribution
