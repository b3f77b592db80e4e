// Raw DEFLATE streams split at their flushes, RFC 7692 §7.2.
#include "websock/protocol/permessage_deflate.hpp"

#include "websock/protocol/octets.hpp"

#include "tests/catch.hpp"
#include "tests/websock/protocol/deflate_lab.hpp"

#include <array>
#include <string>

using namespace websock::protocol;
using namespace websock::testing;

namespace {

/// Inflates into rooms of one size; fails the test when it is corrupt.
std::string inflate(inflater& context, std::string_view in, std::size_t room) {
  std::string out;
  std::array<std::byte, 100> memory{};
  auto left = as_octets(in);
  inflater::step step;
  do {
    step = context.inflate(left, std::span(memory).first(room));
    REQUIRE_FALSE(step.is_corrupt);
    out += as_chars(std::span(memory).first(step.written));
  } while (!left.empty() || step.written == room);
  return out;
}

const std::string tail = hex("00 00 ff ff");

} // namespace

TEST_CASE("messages of any size come back, through rooms of any size") {
  for (const std::size_t size :
       {0U, 1U, 2U, 63U, 64U, 1000U, 16367U, 16368U, 16369U, 16384U, 100000U}) {
    for (const auto& message : {json_like(size), noise(size)}) {
      deflater deflating({15, 1, 8});
      inflater inflating(15);
      std::string out = "kept";
      deflating.append(out, message);
      REQUIRE(out.starts_with("kept"));
      REQUIRE_FALSE(out.ends_with(tail));
      const auto payload = out.substr(4) + tail;
      CHECK(inflate(inflating, payload, 100) == message);
      CHECK(inflating.is_between_blocks());
    }
  }
}

TEST_CASE("a stream says whether a message may end") {
  inflater context(15);
  CHECK(inflate(context, hex("f2 48 cd c9 c9 07 00"), 1) == "Hello");
  CHECK_FALSE(context.is_between_blocks()); // the length of the stored block is missing
  CHECK(inflate(context, tail, 1).empty());
  CHECK(context.is_between_blocks());
  CHECK_FALSE(context.is_after_final_block());
  CHECK(inflate(context, hex("f3 00 11 00"), 1) == "Hello");
  CHECK(context.is_after_final_block());
  CHECK(context.is_between_blocks());
  CHECK(inflate(context, hex("f2"), 1).empty());
  CHECK_FALSE(context.is_after_final_block());
  CHECK_FALSE(context.is_between_blocks());
}

TEST_CASE("a final block that fills the room exactly is seen as final") {
  inflater context(15);
  CHECK(inflate(context, hex("f3 48 cd c9 c9 07 00"), 5) == "Hello");
  CHECK(context.is_after_final_block());
}

TEST_CASE("many final blocks in a row are no burden", "[RFC7692 §7.2.3.4]") {
  std::string blocks;
  for (int i = 0; i < 100'000; ++i)
    blocks += hex("03 00");
  inflater context(15);
  CHECK(inflate(context, blocks, 100).empty());
  CHECK(context.is_after_final_block());
}

TEST_CASE("a reset forgets the messages and keeps the memory") {
  inflater context(15);
  static_cast<void>(inflate(context, hex("f2 48 cd c9 c9 07 00") + tail, 100));
  const auto memory = context.heap_size();
  context.reset();
  CHECK(context.heap_size() == memory);
  const std::string by_reference = hex("f2 00 11 00 00");
  auto in = as_octets(by_reference);
  std::array<std::byte, 10> room{};
  CHECK(context.inflate(in, room).is_corrupt);
}

TEST_CASE("contexts cost what the documentation says") {
  CHECK(deflater({15, -1, 8}).heap_size() < 270'000);
  CHECK(deflater({15, -1, 8}).heap_size() > 262'144);
  CHECK(deflater({12, -1, 5}).heap_size() < 45'000);
  CHECK(deflater({9, -1, 1}).heap_size() < 12'000);
  CHECK(inflater(15).heap_size() < 12'000); // its window comes with the first message
}
