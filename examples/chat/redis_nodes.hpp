// The chat on several nodes by Redis alone. no_redis.cpp is for builds without the
// library for that.
#pragma once

#include "websock/channels/presence.hpp"
#include "websock/runtime/node.hpp"

#include <memory>
#include <string>

namespace chat {

struct redis_setup {
  std::string address;         // "host" or "host:port"; empty: no Redis
  std::string password_file{}; // empty: Redis asks for none
};

/// Whether this build can.
[[nodiscard]] bool has_redis() noexcept;

/// Before the presence is made, and until it is destroyed.
class redis_nodes {
public:
  /// Joins the others under that name. Throws as redis::engine does, and
  /// std::runtime_error for a setup that is wrong.
  redis_nodes(websock::runtime::node& on, const std::string& name,
              const redis_setup& setup);
  ~redis_nodes();
  redis_nodes(const redis_nodes&) = delete;
  redis_nodes& operator=(const redis_nodes&) = delete;

  /// Its presence_options::node_name is the name of the node.
  void join(websock::channels::presence& people);

private:
  struct parts;
  const std::unique_ptr<parts> parts_;
};

} // namespace chat
