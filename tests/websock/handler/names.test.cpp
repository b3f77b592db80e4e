// A program may use both namespaces together with POSIX: none of their names is
// ambiguous.
#include "websock/testing/client.hpp"
#include "websock/websock.hpp"

#include "tests/catch.hpp"

#include <sys/socket.h>

#include <csignal>
#include <string>
#include <vector>

namespace {

using namespace websock;
using namespace websock::runtime;

struct question {};

class talker final : public handler {
  handle_result handle_in(message_view in) override {
    if (in.text() == "stop")
      return stop(reason::normal);
    if (in.text() == "reply")
      return reply(question(), text("replied"));
    return in.text() == "kill" ? stop(reason::shutdown("restart")) : push(in);
  }
  handle_result handle_info(term info) override {
    return info.match([](question) { return push(text("asked")); },
                      [](otherwise) { return stop(reason::of(1)); });
  }
};

class counter final : public gen_server {
  call_result handle_call(term request, from /*caller*/) override {
    return request.match([](question) { return reply(42); },
                         [](otherwise) { return stop(reason::error("what?")); });
  }
};

} // namespace

TEST_CASE("both namespaces can be used beside POSIX") {
  websock::runtime::testing::stepped_node node(1);
  const pid server = node.spawn<counter>();
  auto peer = websock::testing::connect<talker>(node);
  node.run_until_idle();
  send(peer.pid(), question());
  node.run_until_idle();
  CHECK(peer.texts() == std::vector<std::string>{"asked"});
  CHECK(server.is_alive());
  node.node().exit(server, reason::kill);
  node.run_until_idle();
  CHECK_FALSE(server.is_alive());
}
