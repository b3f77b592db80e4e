// One message for many connections: what each of them sends, and what is built only once.
#include "websock/protocol/shared_frame.hpp"

#include "websock/protocol/deflate_pool.hpp"
#include "websock/protocol/frame_writer.hpp"

#include "tests/catch.hpp"
#include "tests/websock/protocol/deflate_lab.hpp"

#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

using namespace websock::protocol;
using namespace websock::testing;

namespace {

const deflate_direction with_takeover{15, context_takeover::kept};
const deflate_direction without_takeover{15, context_takeover::none};
const deflate_options all{.threshold = 0};

/// Appends what `writer` sends for a message that others send too.
void append_shared(std::string& out, message_writer& writer, const shared_frame& message,
                   compression how = compression::allowed) {
  out += writer.frame_of(message, how).value();
}

} // namespace

TEST_CASE("a shared frame is the one that a server's writer appends") {
  for (const std::size_t size : {0U, 1U, 125U, 126U, 65'535U, 65'536U, 100'000U}) {
    const std::string payload(size, 'x');
    const shared_frame shared(opcode::binary, payload);
    std::string expected;
    append_frame(expected, opcode::binary, payload);
    CHECK(shared.plain() == expected);
    CHECK(shared.payload() == payload);
    CHECK(shared.code() == opcode::binary);
  }
}

TEST_CASE("writers with the same settings send the same memory, compressed once") {
  deflate_pool one;
  deflate_pool other;
  const shared_frame shared(opcode::text, json_like(2'000));
  auto kept = deflating_writer(role::server, with_takeover, all, one);
  auto none = deflating_writer(role::server, without_takeover, all, other);
  const auto first = kept.frame_of(shared, compression::allowed).value();
  CHECK(first.size() < 1'000);
  CHECK(none.frame_of(shared, compression::allowed).value().data() == first.data());
  CHECK(kept.frame_of(shared, compression::allowed).value().data() == first.data());
  auto narrow = deflating_writer(role::server, {9, context_takeover::none}, all, one);
  CHECK(narrow.frame_of(shared, compression::allowed).value().data() != first.data());
  message_writer plain;
  CHECK(plain.frame_of(shared, compression::allowed).value().data()
        == shared.plain().data());
  CHECK(kept.frame_of(shared, compression::refused).value().data()
        == shared.plain().data());
}

TEST_CASE("a shared message that does not shrink, or is short, is sent as it is") {
  deflate_pool pool;
  auto writer = deflating_writer(role::server, with_takeover, {.threshold = 100}, pool);
  const shared_frame random(opcode::binary, noise(1'000));
  CHECK(writer.frame_of(random, compression::allowed).value() == random.plain());
  const shared_frame brief(opcode::text, std::string(99, 'x'));
  CHECK(writer.frame_of(brief, compression::allowed).value() == brief.plain());
}

TEST_CASE("a client has no shared frames: each of its own is masked") {
  message_writer client(+[]() noexcept { return mask_key{}; });
  const shared_frame shared(opcode::text, "Hello");
  CHECK_FALSE(client.frame_of(shared, compression::allowed).has_value());
}

TEST_CASE("shared and own messages, compressed or not, mix with context takeover") {
  for (unsigned seed = 0; seed < 40; ++seed) {
    std::mt19937 random(seed);
    deflate_pool pool;
    const auto own = seed % 2 == 0 ? with_takeover : without_takeover;
    auto writer = deflating_writer(role::server, own, all, pool);
    std::string out;
    lines expected;
    for (int i = 0; i < 60; ++i) {
      const std::string payload = json_like(1 + random() % 3'000) + std::to_string(i);
      const auto how = random() % 4 == 0 ? compression::refused : compression::allowed;
      if (random() % 2 == 0)
        append_shared(out, writer, shared_frame(opcode::text, payload), how);
      else
        writer.append_message(out, opcode::text, payload, how);
      expected.push_back("text " + payload);
    }
    CHECK(inflated({out}, pool, own, {}, role::client) == expected);
  }
}

TEST_CASE("threads that share a message get the same of it") {
  const std::string payload = json_like(5'000);
  const shared_frame shared(opcode::text, payload);
  std::vector<std::string> frames(4);
  std::vector<std::thread> threads;
  for (auto& frame : frames)
    threads.emplace_back([&] {
      deflate_pool pool;
      auto writer = deflating_writer(role::server, with_takeover, all, pool);
      append_shared(frame, writer, shared);
    });
  for (auto& each : threads)
    each.join();
  deflate_pool pool;
  for (const auto& frame : frames) {
    CHECK(frame == frames.front());
    CHECK(inflated({frame}, pool, with_takeover, {}, role::client)
          == lines{"text " + payload});
  }
}
