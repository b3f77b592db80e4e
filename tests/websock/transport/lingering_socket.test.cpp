// Closing a socket: the last bytes are sent, the peer's are discarded, and it does not
// take forever.
#include "websock/transport/lingering_socket.hpp"

#include "websock/runtime/testing/stepped_node.hpp"
#include "websock/testing/memory/memory_transport.hpp"

#include "tests/catch.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using runtime::testing::stepped_node;
using websock::testing::memory_pipe;
using websock::testing::memory_transport;

namespace {

struct fixture {
  void linger(std::string unsent, websock::ends_first who = websock::ends_first::us) {
    subject.emplace(node.node().shard_at(0), std::make_unique<memory_transport>(pipe),
                    websock::output_backlog(std::move(unsent)), who,
                    [this](websock::lingering_socket&) {
                      ++finished;
                      subject.reset();
                    });
    node.run_until_idle();
  }
  void peer_sends(std::string_view bytes) {
    pipe->to_server += bytes;
    pipe->notify();
    node.run_until_idle();
  }
  void peer_ends() {
    pipe->client_ended = true;
    pipe->notify();
    node.run_until_idle();
  }
  void peer_takes(std::size_t count) {
    pipe->window += count;
    pipe->notify();
    node.run_until_idle();
  }

  stepped_node node{1, {.shards = 1, .pool_threads = 1}};
  std::shared_ptr<memory_pipe> pipe =
      std::make_shared<memory_pipe>(node.node().shard_at(0));
  std::optional<websock::lingering_socket> subject;
  int finished = 0;
};

} // namespace

TEST_CASE("the last bytes leave, then the output ends, then the peer's end is awaited") {
  fixture f;
  f.linger("goodbye");
  CHECK(f.pipe->to_client == "goodbye");
  CHECK(f.pipe->server_ended);
  CHECK_FALSE(f.pipe->server_closed);
  CHECK(f.finished == 0);
  f.peer_ends();
  CHECK(f.finished == 1);
  CHECK(f.pipe->server_closed);
}

TEST_CASE("without last bytes the output ends at once") {
  fixture f;
  f.linger("");
  CHECK(f.pipe->server_ended);
  CHECK(f.finished == 0);
  f.peer_ends();
  CHECK(f.finished == 1);
}

TEST_CASE("what the peer still sends is discarded") {
  fixture f;
  f.linger("goodbye");
  f.peer_sends(std::string(200'000, 'x'));
  CHECK(f.pipe->to_server.empty());
  CHECK(f.finished == 0);
  f.peer_ends();
  CHECK(f.finished == 1);
}

TEST_CASE("last bytes that the peer takes slowly leave in order") {
  fixture f;
  f.pipe->window = 2;
  f.linger("goodbye");
  CHECK(f.pipe->to_client == "go");
  CHECK_FALSE(f.pipe->server_ended);
  f.peer_sends("ignored");
  f.peer_takes(4);
  CHECK(f.pipe->to_client == "goodby");
  CHECK_FALSE(f.pipe->server_ended);
  f.peer_takes(1);
  CHECK(f.pipe->to_client == "goodbye");
  CHECK(f.pipe->server_ended);
  f.peer_ends();
  CHECK(f.finished == 1);
}

TEST_CASE("a peer that has ended its own side still gets the last bytes") {
  fixture f;
  f.pipe->window = 2;
  f.linger("goodbye");
  f.peer_ends();
  CHECK(f.finished == 0);
  f.peer_takes(3);
  CHECK(f.pipe->to_client == "goodb");
  CHECK(f.finished == 0);
  f.peer_takes(100);
  CHECK(f.pipe->to_client == "goodbye");
  CHECK(f.finished == 1);
}

TEST_CASE("a peer that does not end is left after five seconds") {
  fixture f;
  SECTION("all was sent") {
    f.linger("goodbye");
  }
  SECTION("it takes nothing") {
    f.pipe->window = 0;
    f.linger("goodbye");
  }
  f.node.advance(4999ms);
  f.peer_sends("x"); // does not make it last longer
  CHECK(f.finished == 0);
  f.node.advance(1ms);
  CHECK(f.finished == 1);
  CHECK(f.pipe->server_closed);
}

TEST_CASE("one that is destroyed early calls nobody") {
  fixture f;
  f.linger("goodbye");
  f.subject.reset();
  CHECK(f.pipe->server_closed);
  f.node.advance(10s);
  CHECK(f.finished == 0);
}

TEST_CASE("a client's waits with the end of its output for the peer's",
          "[rfc6455-7.1.1]") {
  fixture f;
  f.linger("goodbye", websock::ends_first::peer);
  CHECK(f.pipe->to_client == "goodbye");
  CHECK_FALSE(f.pipe->server_ended);
  CHECK(f.finished == 0);
  SECTION("the peer ends") {
    f.peer_ends();
  }
  SECTION("it does not") {
    f.node.advance(5s);
  }
  CHECK(f.finished == 1);
  CHECK(f.pipe->server_closed);
}

TEST_CASE(
    "one that waits for an answer ends its output when the peer has given it, or has "
    "had a second for it") {
  fixture f;
  f.linger("goodbye", websock::ends_first::us_answered);
  CHECK(f.pipe->to_client == "goodbye");
  f.node.advance(900ms);
  CHECK_FALSE(f.pipe->server_ended);
  SECTION("it says nothing") {
    f.node.advance(100ms);
    CHECK(f.pipe->server_ended);
  }
  SECTION("it goes on for a moment") {
    f.peer_sends("some");
    f.node.advance(99ms);
    f.peer_sends("more");
    f.node.advance(99ms);
    CHECK_FALSE(f.pipe->server_ended);
    f.node.advance(1ms);
    CHECK(f.pipe->server_ended);
  }
  SECTION("it ends") {
    f.peer_ends();
    CHECK(f.finished == 1);
    return;
  }
  CHECK(f.finished == 0);
  f.node.advance(3'500ms);
  CHECK(f.finished == 0);
  f.node.advance(500ms);
  CHECK(f.finished == 1);
}

TEST_CASE("one that waits for an answer waits no longer than others in all") {
  fixture f;
  f.pipe->window = 2;
  f.linger("goodbye", websock::ends_first::us_answered);
  f.node.advance(4'800ms);
  f.peer_takes(100);
  CHECK(f.pipe->to_client == "goodbye");
  f.node.advance(199ms);
  CHECK(f.finished == 0);
  f.node.advance(1ms);
  CHECK(f.finished == 1);
}
