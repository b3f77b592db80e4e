// Name lookup for the clients of a node, on separate threads. Does not connect.
#pragma once

#include "websock/dial/addresses.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace websock::runtime {
class node;
class shard;
} // namespace websock::runtime

namespace websock {

namespace detail {
class lookup_threads;
struct lookup_request;
} // namespace detail

/// Shared by the lookups of a node; `node.extension<name_lookups>()`. A resolver that
/// blocks holds up one thread only: no other name, no shard, and not the end of the node.
class name_lookups {
public:
  /// The maximum number of threads, which are created when needed and end when idle.
  /// Beyond it, a lookup waits for a thread as long as a request waits for the lookup.
  static constexpr std::size_t most_threads = 32;
  /// How many threads one name may occupy when its lookups do not return.
  static constexpr std::size_t most_for_a_name = 4;

  explicit name_lookups(const runtime::node& owner);
  /// Does not block: a running lookup ends when its resolver returns.
  ~name_lookups();
  name_lookups(const name_lookups&) = delete;
  name_lookups& operator=(const name_lookups&) = delete;

  /// Replaces the system's resolver for lookups that start from now on. `how` is called
  /// on several threads at once and may outlive the node. Any thread.
  void resolve_with(resolver how);

private:
  friend class name_lookup;
  std::shared_ptr<detail::lookup_threads> threads_;
};

/// One client's request for the addresses of a name. Belongs to a shard.
class name_lookup {
public:
  /// `done` is called once, from a later event of the shard, and may destroy this object.
  name_lookup(runtime::shard& home, const std::string& host,
              std::function<void(found_addresses)> done);
  /// Cancels the request if it is not done: `done` is not called any more.
  ~name_lookup();
  name_lookup(const name_lookup&) = delete;
  name_lookup& operator=(const name_lookup&) = delete;

private:
  std::shared_ptr<detail::lookup_threads> threads_;
  std::shared_ptr<detail::lookup_request> request_;
};

} // namespace websock
