// Messages to frames, with compression: each end reads what the other writes.
#include "websock/protocol/message_writer.hpp"

#include "tests/catch.hpp"
#include "tests/websock/protocol/deflate_lab.hpp"

#include <string>
#include <vector>

using namespace websock::protocol;
using namespace websock::testing;

namespace {

const deflate_direction with_takeover{15, context_takeover::kept};
const deflate_direction without_takeover{15, context_takeover::none};

} // namespace

TEST_CASE("a server's writer appends plain frames, a client's masks them") {
  std::string out;
  message_writer server;
  server.append_message(out, opcode::text, "Hello");
  server.append_control(out, opcode::ping, "x");
  server.append_close(out, close_code::normal);
  CHECK(out == hex("81 05 48 65 6c 6c 6f  89 01 78  88 02 03 e8"));
  CHECK(server.heap_size() == 0);
  out.clear();
  message_writer client(+[]() noexcept {
    return mask_key{std::byte{1}, std::byte{1}, std::byte{1}, {}};
  });
  client.append_message(out, opcode::text, "Hello");
  client.append_control(out, opcode::pong, "");
  client.append_close(out, close_code::normal);
  CHECK(out
        == hex("81 85 01 01 01 00 49 64 6d 6c 6e  8a 80 01 01 01 00  88 82 01 01 01 00 "
               "02 e9"));
}

TEST_CASE("the messages of the RFC are written as it shows them", "[RFC7692 §7.2.3]") {
  deflate_pool pool;
  const deflate_options all{.threshold = 0};
  auto writer = deflating_writer(role::server, with_takeover, all, pool);
  std::string out;
  writer.append_message(out, opcode::text, "Hello");
  CHECK(out == hex("c1 07 f2 48 cd c9 c9 07 00")); // §7.2.3.1
  out.clear();
  writer.append_message(out, opcode::text, "Hello");
  CHECK(out == hex("c1 05 f2 00 11 00 00")); // §7.2.3.2
  out.clear();
  writer.append_message(out, opcode::text, "");
  writer.append_message(out, opcode::binary, "");
  CHECK(out == hex("c1 01 00 c2 01 00")); // §7.2.3.6
  deflate_options stored = all;
  stored.level = 0;
  auto storing = deflating_writer(role::server, with_takeover, stored, pool);
  out.clear();
  storing.append_message(out, opcode::text, "Hello");
  CHECK(out == hex("c1 0b 00 05 00 fa ff 48 65 6c 6c 6f 00")); // §7.2.3.3
}

TEST_CASE("control frames are never compressed", "[RFC7692 §6.1]") {
  deflate_pool pool;
  auto writer = deflating_writer(role::server, with_takeover, {.threshold = 0}, pool);
  std::string out;
  writer.append_control(out, opcode::ping, std::string(100, 'a'));
  writer.append_close(out, close_code::normal, std::string(100, 'a'));
  CHECK(out
        == hex("89 64") + std::string(100, 'a') + hex("88 66 03 e8")
               + std::string(100, 'a'));
}

TEST_CASE("a message under the threshold, or that refuses, is sent as it is") {
  deflate_pool pool;
  const auto takeover = GENERATE(with_takeover, without_takeover);
  auto writer = deflating_writer(role::server, takeover, {.threshold = 64}, pool);
  std::string out;
  writer.append_message(out, opcode::text, std::string(63, 'a'));
  CHECK(out == hex("81 3f") + std::string(63, 'a'));
  out.clear();
  writer.append_message(out, opcode::text, std::string(64, 'a'), compression::refused);
  CHECK(out == hex("81 40") + std::string(64, 'a'));
  out.clear();
  writer.append_message(out, opcode::text, std::string(64, 'a'));
  CHECK(static_cast<unsigned char>(out[0]) == 0xC1);
  CHECK(out.size() < 20);
}

TEST_CASE(
    "what does not shrink is sent as it is, unless later messages may refer to it") {
  deflate_pool pool;
  const std::string octets = noise(1'000);
  std::string out;
  auto alone = deflating_writer(role::server, without_takeover, {}, pool);
  alone.append_message(out, opcode::binary, octets);
  CHECK(out == hex("82 7e 03 e8") + octets);
  out.clear();
  auto kept = deflating_writer(role::server, with_takeover, {}, pool);
  kept.append_message(out, opcode::binary, octets);
  CHECK(static_cast<unsigned char>(out[0]) == 0xC2);
  kept.append_message(out, opcode::binary, octets);
  CHECK(out.size() < 1'100);
  CHECK(inflated({out}, pool, with_takeover, {}, role::client)
        == lines{"binary " + octets, "binary " + octets});
}

TEST_CASE("to a window of 2^8 messages are sent as they are", "[RFC7692 §7.1.2]") {
  deflate_pool pool;
  auto writer = deflating_writer(role::client, {8, context_takeover::kept}, {}, pool);
  std::string out;
  writer.append_message(out, opcode::text, std::string(100, 'a'));
  CHECK(inflated({out}, pool, {8, context_takeover::kept})
        == lines{"text " + std::string(100, 'a')});
  CHECK(static_cast<unsigned char>(out[0]) == 0x81);
}

TEST_CASE("every window, level and takeover comes through, whatever the cut",
          "[RFC7692 §7.1.2]") {
  deflate_pool pool; // one for all: contexts of one kind are never used for another
  const auto sender = GENERATE(role::server, role::client);
  const auto takeover = GENERATE(context_takeover::kept, context_takeover::none);
  for (std::uint8_t bits = 9; bits <= 15; ++bits) {
    for (const int level : {-1, 0, 1, 6, 9}) {
      const deflate_direction way{bits, takeover};
      auto writer = deflating_writer(
          sender, way, {.level = level, .memory_level = bits - 6, .threshold = 1}, pool);
      lines expected;
      std::string out;
      for (const std::size_t size : {0U, 1U, 64U, 600U, 5'000U, 70'000U}) {
        const std::string text = json_like(size);
        const std::string octets = noise(size / 2, bits);
        writer.append_message(out, opcode::text, text);
        writer.append_message(out, opcode::binary, octets);
        expected.push_back("text " + text);
        expected.push_back("binary " + octets);
      }
      const auto reader = sender == role::server ? role::client : role::server;
      for (const chunks& cut : {chunks{out}, in_pieces(out, 1), in_pieces(out, 7)})
        REQUIRE(inflated(cut, pool, way, {}, reader) == expected);
    }
  }
}

TEST_CASE("any cut of compressed octets gives the same messages", "[RFC7692 §7.2.2]") {
  deflate_pool pool;
  const auto takeover = GENERATE(context_takeover::kept, context_takeover::none);
  const deflate_direction way{10, takeover};
  auto writer = deflating_writer(role::client, way, {}, pool);
  std::string out;
  lines expected;
  for (const std::size_t size : {100U, 30U, 300U, 0U, 90U, 1'000U}) {
    writer.append_message(out, opcode::text, json_like(size));
    expected.push_back("text " + json_like(size));
  }
  for (const chunks& cut : chunkings(out))
    REQUIRE(inflated(cut, pool, way) == expected);
}

TEST_CASE("a mebibyte comes through, compressible or not") {
  deflate_pool pool;
  const std::string payload = GENERATE(0, 1) == 0 ? json_like(1 << 20U) : noise(1 << 20U);
  const auto way = GENERATE(with_takeover, without_takeover);
  auto writer = deflating_writer(role::client, way, {}, pool);
  std::string out;
  for (int i = 0; i < 3; ++i)
    writer.append_message(out, opcode::binary, payload);
  CHECK(inflated({out}, pool, way) == lines(3, "binary " + payload));
}
