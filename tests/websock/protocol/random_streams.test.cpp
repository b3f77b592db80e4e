// A stream parses the same however it is split. RANDOM_SEED replays a stream.
#include "tests/catch.hpp"
#include "tests/support/seeds.hpp"
#include "tests/websock/protocol/deflate_lab.hpp"
#include "tests/websock/protocol/random_stream.hpp"

#include <limits>
#include <string>
#include <utility>

using namespace websock::protocol;
using namespace websock::testing;

namespace {

// "<opcode> <fin> <payload>;" for each frame, then "!<violation>" if one failed.
std::string frames_of(const chunks& pieces, std::uint64_t max_size) {
  frame_parser parser{role::server};
  std::string out;
  for (std::string piece : pieces) {
    std::span<std::byte> in{std::as_writable_bytes(std::span{piece})};
    for (auto part = parser.next(in, max_size); part.what != frame_part::kind::need_more;
         part = parser.next(in, max_size)) {
      if (part.what == frame_part::kind::failed)
        return out + '!' + std::to_string(static_cast<int>(part.why));
      const auto& header = parser.header();
      if (part.what == frame_part::kind::header)
        out += std::to_string(static_cast<int>(header.opcode))
               + (header.fin == fin::set ? " . " : " + ");
      out += as_chars(part.payload);
      if (parser.payload_left() == 0)
        out += ';';
    }
  }
  return out;
}

std::string frames(random_stream& random) {
  return random.octets();
}

// Some messages with a common context.
std::string compressed(random_stream& random) {
  deflate_pool pool;
  auto writer = deflating_writer(role::client, {}, {.threshold = 0}, pool);
  std::string out;
  for (auto left = random.below(4) + 1; left > 0; --left)
    writer.append_message(out, opcode::text, json_like(random.below(300)));
  return random.maybe_spoiled(std::move(out));
}

template <class Make, class Read>
void check_cuts(std::uint64_t count, Make make, Read read) {
  const auto seeds = tests::seeds_of(count);
  for (auto seed = seeds.first; seed < seeds.end; ++seed) {
    random_stream stream(seed);
    const auto octets = make(stream);
    const auto whole = read({octets}, seed);
    INFO("RANDOM_SEED=" << seed);
    REQUIRE(read(in_pieces(octets, 1), seed) == whole);
    for (int i = 0; i < 4; ++i)
      REQUIRE(read(stream.cut(octets), seed) == whole);
  }
}

} // namespace

TEST_CASE("frames are the same however the stream is cut") {
  check_cuts(5'000, frames, [](const chunks& pieces, std::uint64_t seed) {
    return frames_of(pieces, seed % 3 == 0 ? 100 : std::numeric_limits<int>::max());
  });
}

TEST_CASE("messages are the same however the stream is cut") {
  static constexpr message_limits small{
      .max_frame_size = 100, .max_message_size = 120, .max_fragments = 3};
  check_cuts(5'000, frames, [](const chunks& pieces, std::uint64_t seed) {
    return transcript(pieces, seed % 3 == 0 ? small : message_limits{});
  });
}

TEST_CASE("compressed messages are the same however the stream is cut") {
  static constexpr message_limits small{.max_message_size = 150};
  check_cuts(1'000, compressed, [](const chunks& pieces, std::uint64_t seed) {
    deflate_pool pool;
    return inflated(pieces, pool, {}, seed % 3 == 0 ? small : message_limits{});
  });
}
