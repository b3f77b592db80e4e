// Looking up names for the clients of a node, on threads of its own. Not the connecting.
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

/// What the look-ups of a node share; `node.extension<name_lookups>()`. A resolver that
/// blocks holds one thread: neither another name, nor a shard, nor the end of the node
/// waits for it.
class name_lookups {
public:
  /// Threads, which are made when they are needed and end when they are not. Beyond, a
  /// look-up waits for one of them, as long as somebody waits for it.
  static constexpr std::size_t most_threads = 32;
  /// What one name may hold of them when its look-ups do not end.
  static constexpr std::size_t most_for_a_name = 4;

  explicit name_lookups(const runtime::node& of);
  /// Waits for nobody: a look-up that is at work ends when its resolver returns.
  ~name_lookups();
  name_lookups(const name_lookups&) = delete;
  name_lookups& operator=(const name_lookups&) = delete;

  /// Instead of the system's, for look-ups that begin from now on. It is called on
  /// several threads at once, and may outlive the node. Any thread.
  void resolve_with(resolver how);

private:
  friend class name_lookup;
  std::shared_ptr<detail::lookup_threads> threads_;
};

/// One client that waits for the addresses of a name. Belongs to a shard.
class name_lookup {
public:
  /// `done` is called once, from a later event of the shard, and may destroy this.
  name_lookup(runtime::shard& on, const std::string& host,
              std::function<void(found_addresses)> done);
  /// Gives up, when it is not done yet: nothing is called any more.
  ~name_lookup();
  name_lookup(const name_lookup&) = delete;
  name_lookup& operator=(const name_lookup&) = delete;

private:
  std::shared_ptr<detail::lookup_threads> threads_;
  std::shared_ptr<detail::lookup_request> request_;
};

} // namespace websock
