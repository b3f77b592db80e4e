// How many sockets outlive their owners, and what is reported about those closed early.
#include "websock/transport/lingering_sockets.hpp"

#include "websock/connection/output_buffer.hpp"
#include "websock/runtime/testing/stepped_node.hpp"
#include "websock/testing/memory/memory_transport.hpp"

#include "tests/catch.hpp"

#include <chrono>
#include <ctime>
#include <memory>
#include <string>
#include <utility>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using websock::output_backlog;
using websock::testing::memory_pipe;
using websock::testing::memory_transport;

namespace {

struct fixture {
  /// A socket whose peer takes `window` bytes.
  std::shared_ptr<memory_pipe> add(output_backlog unsent, std::size_t window) {
    auto pipe = std::make_shared<memory_pipe>(node.node().shard_at(0));
    pipe->window = window;
    subject.add(std::make_unique<memory_transport>(pipe), std::move(unsent));
    node.run_until_idle();
    return pipe;
  }

  runtime::testing::stepped_node node{1, {.shards = 1, .pool_threads = 1}};
  websock::unsent_total total;
  int finished = 0;
  websock::lingering_sockets subject{node.node().shard_at(0), 3, total,
                                     [this] { ++finished; }};
};

} // namespace

TEST_CASE("beyond as many as there may be, the oldest is cut off, and counted if it had "
          "something to send") {
  fixture f;
  const auto first = f.add(output_backlog("first"), 2);
  const auto second = f.add(output_backlog("second"), 100);
  f.add(output_backlog("third"), 2);
  CHECK(f.subject.size() == 3);
  f.add(output_backlog("fourth"), 2);
  CHECK(first->server_closed);
  CHECK(f.total.cut_off == 1);
  f.add(output_backlog("fifth"), 2);
  CHECK(second->server_closed);
  CHECK(f.total.cut_off == 1); // it had sent all
  CHECK(f.finished == 0);
  CHECK(f.subject.size() == 3);
  f.subject.clear();
  CHECK(f.total.cut_off == 4);
  CHECK(f.subject.empty());
}

TEST_CASE("one whose time is up with something unsent is cut off, and counted") {
  fixture f;
  f.add(output_backlog("first"), 2);
  f.add(output_backlog("second"), 100);
  f.node.advance(5s);
  CHECK(f.finished == 2);
  CHECK(f.total.cut_off == 1);
}

TEST_CASE("what a connection shared with others is not copied when it ends") {
  fixture f;
  std::string shared;
  websock::output_buffer buffer(shared);
  const auto block = std::make_shared<const std::string>(4'194'304, 'x');
  buffer.target() += "header ";
  buffer.append(*block, block);
  buffer.target() += " close";
  buffer.consume(0);
  const auto pipe = f.add(buffer.take(), 1'000);
  CHECK(buffer.empty());
  CHECK(block.use_count() == 2);
  CHECK(pipe->to_client == "header " + std::string(993, 'x'));
  pipe->window = 8'000'000;
  pipe->notify();
  f.node.run_until_idle();
  CHECK(pipe->to_client == "header " + *block + " close");
  CHECK(block.use_count() == 1);
  CHECK(pipe->server_ended);
}

TEST_CASE("a long text leaves in small pieces without being moved each time") {
  fixture f;
  const auto pipe = f.add(output_backlog(std::string(40'000'000, 'x')), 0);
  const auto before = std::clock();
  for (int i = 0; i < 2'000; ++i) { // 40 GB would be moved
    pipe->to_client.clear();
    pipe->window = 1'000;
    pipe->notify();
    f.node.run_until_idle();
    REQUIRE(pipe->to_client.size() == 1'000);
  }
  CHECK(std::clock() - before < 2 * CLOCKS_PER_SEC);
}
