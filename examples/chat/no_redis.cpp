// A build without Redis.
#include "examples/chat/redis_nodes.hpp"

#include <stdexcept>

namespace chat {

struct redis_nodes::parts {};

bool has_redis() noexcept {
  return false;
}

redis_nodes::redis_nodes(websock::runtime::node&, const std::string&,
                         const redis_setup&) {
  throw std::runtime_error("this program is built without Redis");
}

redis_nodes::~redis_nodes() = default;

void redis_nodes::join(websock::channels::presence&) {
}

} // namespace chat
