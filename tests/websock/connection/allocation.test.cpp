// Heap allocations per message: none for an echoed frame, one envelope for a message from
// another process.
#include "websock/connection/connection_process.hpp"
#include "websock/handshake/route_result.hpp"
#include "websock/protocol/frame_writer.hpp"
#include "websock/runtime/process/process.hpp"
#include "websock/runtime/process/shard.hpp"

#include "tests/catch.hpp"
#include "tests/support/allocations.hpp"
#include "tests/support/websocket_client.hpp"
#include "tests/websock/connection/socket_connection.hpp"
#include "tests/websock/protocol/deflate_lab.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace runtime = websock::runtime;

using tests::allocations;

namespace {

class echo final : public websock::handler {
  websock::handle_result handle_in(websock::message_view in) override {
    return websock::push(in);
  }
  websock::handle_result handle_info(runtime::term info) override {
    return websock::push(info.get<websock::shared_message>());
  }
};

struct fixture : tests::socket_connection<echo> {
  using socket_connection::socket_connection;

  /// Sends `bytes` and lets the shard work; returns what that took from the heap.
  std::size_t cost_of(std::string_view bytes) {
    send(bytes);
    const auto before = allocations();
    shard.poll();
    shard.poll(); // what the first one posted leaves
    return allocations() - before;
  }
};

} // namespace

TEST_CASE("a connection at rest is small") {
  STATIC_REQUIRE(sizeof(websock::connection_process) <= 440); // 448 of the heap
}

TEST_CASE("a frame to an idle connection is echoed without an allocation") {
  if (!tests::are_allocations_counted())
    return;
  fixture f;
  const std::string payload(1'000, 'x');
  const auto frame = tests::text_frame(payload);
  static_cast<void>(f.cost_of(frame)); // the shared buffer gets its memory
  CHECK(f.answer().ends_with(payload));
  for (int i = 0; i < 10; ++i) {
    CHECK(f.cost_of(frame) == 0);
    CHECK(f.answer() == std::string("\x81\x7E\x03\xE8", 4) + payload);
  }
  CHECK(f.cost_of(tests::text_frame("a") + tests::text_frame("b")) == 0);
  CHECK(f.answer()
        == "\x81\x01"
           "a\x81\x01"
           "b");
  CHECK(f.cost_of(std::string("\x89\x80\0\0\0\0", 6)) == 0); // a ping
  CHECK(f.answer() == std::string("\x8A\0", 2));
}

TEST_CASE("a message of another process costs one allocation, and to push it none") {
  if (!tests::are_allocations_counted())
    return;
  fixture f;
  const auto payload = websock::share(websock::text(std::string(500, 'x')));
  for (int i = 0; i < 10; ++i) {
    const auto before = allocations();
    runtime::send(f.pid, payload);
    const auto sent = allocations();
    f.node.run_until_idle();
    f.shard.poll();
    if (i > 0) { // the shared buffer has its memory
      CHECK(sent - before == 1);
      CHECK(allocations() - sent == 0);
    }
    CHECK(f.answer().ends_with(payload.payload()));
  }
}

TEST_CASE("a compressed message is echoed without an allocation") {
  if (!tests::are_allocations_counted())
    return;
  using websock::protocol::context_takeover;
  const auto takeover = GENERATE(context_takeover::kept, context_takeover::none);
  websock::agreement agreed;
  agreed.deflate = {{15, takeover}, {15, takeover}};
  fixture f({.compress = true}, agreed);
  websock::protocol::deflate_pool pool;
  auto writer = websock::testing::deflating_writer(websock::protocol::role::client,
                                                   agreed.deflate->client, {}, pool);
  const auto frame = [&](std::size_t size) {
    std::string out;
    writer.append_message(out, websock::protocol::opcode::text,
                          websock::testing::json_like(size));
    return out;
  };
  static_cast<void>(f.cost_of(frame(1'500))); // contexts and buffers get their memory
  static_cast<void>(f.answer());
  for (int i = 0; i < 10; ++i) {
    CHECK(f.cost_of(frame(1'000)) == 0);
    CHECK(static_cast<unsigned char>(f.answer()[0]) == 0xC1);
  }
  // In two reads: the context and the buffer are held from the one to the other.
  const std::string last = frame(1'200);
  CHECK(f.cost_of(last.substr(0, last.size() / 2)) == 0);
  CHECK(f.cost_of(last.substr(last.size() / 2)) == 0);
  CHECK_FALSE(f.answer().empty());
}

TEST_CASE("an idle connection that compresses holds contexts with takeover only") {
  using websock::protocol::context_takeover;
  const auto held_with = [](context_takeover takeover) {
    websock::agreement agreed;
    agreed.deflate = {{15, takeover}, {15, takeover}};
    fixture f({.compress = true}, agreed);
    const std::string text = websock::testing::json_like(1'000);
    static_cast<void>(f.cost_of(tests::text_frame(text))); // sets the compressor to work
    std::string frame;
    std::string deflated;
    websock::protocol::deflater({}).append(deflated, text);
    websock::protocol::append_masked_frame(
        frame, websock::protocol::opcode::text, deflated, websock::testing::some_key(),
        websock::protocol::fin::set, websock::protocol::rsv::rsv1);
    static_cast<void>(f.cost_of(frame));
    return f.host.deflate_contexts().heap_size();
  };
  // What the connection does not hold is in the pool.
  CHECK(held_with(context_takeover::none) > 262'144 + 32'768);
  CHECK(held_with(context_takeover::kept) < 32'768);
}
