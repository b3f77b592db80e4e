// What the chat is told of its Redis.
#include "websock/runtime/node.hpp"

#include "examples/chat/redis_nodes.hpp"
#include "tests/catch.hpp"
#include "tests/support/two_shards.hpp"

#include <stdexcept>
#include <string>

using namespace tests;

namespace {

/// Nothing is asked of the network before the setup is right.
[[nodiscard]] std::string why_not(const chat::redis_setup& setup) {
  runtime::node node(two_shards());
  try {
    const chat::redis_nodes joined(node, "chat-1", setup);
    return "joined";
  } catch (const std::exception& thrown) {
    return thrown.what();
  }
}

} // namespace

TEST_CASE("a Redis is a host, and a port if it is another one") {
  const std::string wrong = "--redis has to be HOST or HOST:PORT";
  for (const auto* each : {"localhost:", "localhost:0", "localhost:65536", "localhost:x",
                           "localhost:6379 ", "::1"})
    CHECK(why_not({each}) == wrong);
  CHECK(why_not({":6379"}).find("engine_options.host") != std::string::npos);
}

TEST_CASE("a password of Redis that cannot be read is no password") {
  CHECK(why_not({"localhost", "/nowhere/password"})
        == "--redis-password-file /nowhere/password cannot be read");
}
