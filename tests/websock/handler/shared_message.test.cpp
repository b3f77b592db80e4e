// Messages that many connections send, and large ones that are not copied on the way.
#include "websock/connection/output_buffer.hpp"
#include "websock/handler/frame_references.hpp"
#include "websock/handler/message.hpp"
#include "websock/runtime/registry/pubsub.hpp"

#include "tests/catch.hpp"
#include "tests/support/running_server.hpp"
#include "tests/support/websocket_client.hpp"
#include "tests/websock/connection/scripted.hpp"
#include "tests/websock/protocol/deflate_lab.hpp"

#include <chrono>
#include <deque>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace runtime = websock::runtime;

using namespace websock::testing;
namespace protocol = websock::protocol;
using websock::output_buffer;

namespace {

/// Pushes what is published; sends back what comes in, twice when that begins with "2".
class listener final : public websock::handler {
  websock::handle_result init() override {
    runtime::pubsub::subscribe(self(), "news");
    return websock::ok();
  }
  websock::handle_result handle_in(websock::message_view in) override {
    if (in.text().starts_with('2'))
      return websock::push({in, in});
    return websock::push(in);
  }
  websock::handle_result handle_info(runtime::term info) override {
    if (const auto* own = info.get_if<std::string>())
      return websock::push(websock::binary(*own));
    return websock::push(info.get<websock::shared_message>());
  }
};

[[nodiscard]] std::string digits(std::size_t size, std::string start = {}) {
  while (start.size() < size)
    start += std::to_string(start.size()) + ' ';
  start.resize(size);
  return start;
}

} // namespace

TEST_CASE("a shared message keeps its opcode and its bytes, and is checked at once") {
  const auto text = websock::share(websock::text("grüß"));
  CHECK(text.opcode() == protocol::opcode::text);
  CHECK(text.payload() == "grüß");
  CHECK(websock::message(text).payload().data() == text.payload().data());
  CHECK(websock::share(text).payload().data() == text.payload().data());
  CHECK(websock::share(websock::binary("\xFF")).payload() == "\xFF");
  CHECK_THROWS_AS(websock::share(websock::text("\xFF")), std::invalid_argument);
  CHECK_THROWS_AS(websock::share(websock::ping()), std::invalid_argument);
}

TEST_CASE("a broadcast reaches those that compress and those that do not, once encoded") {
  runtime::testing::stepped_node node{3, {.shards = 2}};
  std::vector<client> peers;
  for (int i = 0; i < 6; ++i)
    peers.push_back(connect_with<listener>(node, {.compress = i % 2 == 0}));
  node.run_until_idle();
  const std::vector<std::string> payloads{"short", json_like(4'000), json_like(100'000)};
  for (const auto& payload : payloads)
    runtime::pubsub::broadcast(node.node(), "news",
                               websock::share(websock::text(payload)));
  node.run_until_idle();
  for (std::size_t i = 0; i < peers.size(); ++i) {
    CHECK(peers[i].texts() == payloads);
    CHECK((peers[i].received().size() < 50'000) == (i % 2 == 0));
  }
}

TEST_CASE("references to small frames are kept for those that push them next") {
  const std::string payload(100, 'x');
  const auto count = [](const auto& frame) { return frame.use_count(); };
  const auto made = [](const std::string& text) {
    return std::make_shared<const protocol::shared_frame>(protocol::opcode::text, text);
  };
  const auto small = made(payload);
  auto taken = websock::detail::take_reference(small);
  CHECK(taken == small);
  CHECK(count(small) == 2);
  websock::detail::put_back(std::move(taken));
  CHECK(count(small) == 2);
  auto again = websock::detail::take_reference(small);
  CHECK(count(small) == 2);
  const auto further = websock::detail::take_reference(small);
  CHECK(count(small) == 3);
  websock::detail::put_back(std::move(again));
  std::vector<std::shared_ptr<const protocol::shared_frame>> others;
  for (int i = 0; i < 2'000; ++i) {
    others.push_back(made(payload));
    CHECK(websock::detail::take_reference(others.back()) == others.back());
    websock::detail::put_back(others.back());
  }
  CHECK(count(small) == 2); // another has its place
  const auto large = made(std::string(10'000, 'x'));
  websock::detail::put_back(large);
  CHECK(count(large) == 1);
}

// On a shard that runs: a stepped one puts what is published into the mailboxes.
TEST_CASE("a callback that waits has its broadcast message until it is done") {
  class patient final : public websock::handler {
    websock::handle_result init() override {
      runtime::pubsub::subscribe(self(), "news");
      return websock::push(websock::text("here"));
    }
    websock::handle_result handle_in(websock::message_view in) override {
      runtime::pubsub::broadcast(self(), "news", websock::share(in));
      return websock::ok();
    }
    websock::handle_result handle_info(runtime::term info) override {
      const auto& shared = info.get<websock::shared_message>();
      co_await self().sleep(std::chrono::milliseconds(1));
      co_return websock::push(shared);
    }
  };
  tests::running_server subject(
      [](websock::server& server) { server.websocket<patient>("/"); });
  std::deque<tests::websocket_client> peers;
  for (int i = 0; i < 3; ++i)
    REQUIRE(peers.emplace_back(subject.port()).take_text() == "here");
  for (int i = 0; i < 20; ++i)
    peers.front().text(digits(100 + static_cast<std::size_t>(i)));
  for (auto& peer : peers)
    for (int i = 0; i < 20; ++i)
      REQUIRE(peer.take_text() == digits(100 + static_cast<std::size_t>(i)));
}

TEST_CASE(
    "a large message of a broadcast is not copied behind a peer that does not read") {
  runtime::testing::stepped_node node{1};
  auto slow = connect<listener>(node);
  node.run_until_idle();
  slow.take_only(100);
  auto large = std::make_unique<websock::shared_message>(
      websock::share(websock::binary(digits(200'000))));
  runtime::pubsub::broadcast(node.node(), "news", *large);
  runtime::pubsub::broadcast(node.node(), "news", websock::share(websock::text("after")));
  node.run_until_idle();
  large.reset(); // the connection's output holds it now
  slow.take(150'000);
  node.run_until_idle();
  slow.take(1'000'000);
  node.run_until_idle();
  CHECK(slow.frames()
        == std::vector<client::frame>{{protocol::opcode::binary, digits(200'000)},
                                      {protocol::opcode::text, "after"}});
}

TEST_CASE("a large message comes back whole, in whatever pieces it arrives and leaves") {
  for (const std::size_t size :
       {output_buffer::large - 1, output_buffer::large, std::size_t{300'000}})
    for (const std::size_t piece : {1'000U, 65'536U, 1'000'000U}) {
      runtime::testing::stepped_node node{1};
      auto peer = connect<listener>(node);
      node.run_until_idle();
      peer.take_only(10);
      peer.text(digits(size, "1"));
      peer.text("small");
      peer.text(digits(size, "2"));
      std::vector<std::string> expected{digits(size, "1"), "small", digits(size, "2"),
                                        digits(size, "2")};
      while (peer.texts().size() < expected.size()) {
        node.run_until_idle();
        const auto before = peer.received().size();
        peer.take(piece);
        node.run_until_idle();
        REQUIRE(peer.received().size() > before);
      }
      CHECK(peer.texts() == expected);
    }
}

TEST_CASE("a large message that a handler made leaves between those around it") {
  runtime::testing::stepped_node node{1};
  auto peer = connect<listener>(node);
  for (const auto& each : {digits(10), digits(100'000, "a"), digits(5), digits(20'000)})
    runtime::send(peer.pid(), each);
  node.run_until_idle();
  CHECK(peer.frames()
        == std::vector<client::frame>{{protocol::opcode::binary, digits(10)},
                                      {protocol::opcode::binary, digits(100'000, "a")},
                                      {protocol::opcode::binary, digits(5)},
                                      {protocol::opcode::binary, digits(20'000)}});
}
