// Frames and messages: splitting the stream makes no difference, messages respect the
// limits, and writing and parsing them again gives the same messages.
#include "websock/protocol/frame_writer.hpp"
#include "websock/protocol/utf8_validator.hpp"

#include "tests/fuzz/input.hpp"
#include "tests/websock/protocol/transcript.hpp"

namespace {

using namespace websock::protocol;
using namespace websock::testing;

constexpr message_limits generous{.max_frame_size = 1U << 20U,
                                  .max_message_size = 1U << 20U};
constexpr message_limits small{
    .max_frame_size = 100, .max_message_size = 150, .max_fragments = 3};

lines read(const chunks& pieces, const message_limits& limits, role self) {
  message_assembler assembler(self, limits);
  lines out;
  std::size_t fed = 0;
  for (const auto& piece : pieces) {
    fed += piece.size();
    feed(assembler, piece, out);
    fuzz::require(assembler.heap_size() <= 4 * fed + 16'384,
                  "no more is held than was sent, but for a page");
    if (!out.empty() && out.back().starts_with("failed"))
      break;
  }
  return out;
}

// "text Hello" as the frame that it came from, or another one that means the same.
std::string written(const std::string& line) {
  const auto space = line.find(' ');
  const auto kind = line.substr(0, space);
  const auto payload = line.substr(space + 1);
  const mask_key key{std::byte{1}, std::byte{0xFE}, std::byte{0x80}, std::byte{0}};
  const auto code = kind == "text"     ? opcode::text
                    : kind == "binary" ? opcode::binary
                    : kind == "ping"   ? opcode::ping
                                       : opcode::pong;
  std::string out;
  append_masked_frame(out, code, payload, key);
  return out;
}

void check_round_trip(const lines& events) {
  std::string octets;
  lines expected;
  for (const auto& line : events) {
    if (line.starts_with("failed") || line.starts_with("close"))
      continue;
    octets += written(line);
    expected.push_back(line);
  }
  fuzz::require(read({octets}, generous, role::server) == expected,
                "what is written is read as the same");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::input in(data, size);
  const auto flags = in.byte();
  const auto self = (flags & 1U) == 0 ? role::server : role::client;
  auto limits = (flags & 2U) == 0 ? generous : small;
  limits.validate_utf8 = (flags & 4U) == 0 ? utf8_policy::validate : utf8_policy::trust;
  const auto pieces = in.pieces();
  const auto whole = read({fuzz::joined(pieces)}, limits, self);
  fuzz::require(whole == read(pieces, limits, self), "cuts make no difference to frames");
  for (const auto& line : whole)
    if (line.starts_with("text ") && limits.validate_utf8 == utf8_policy::validate)
      fuzz::require(is_valid_utf8(line), "text is UTF-8");
  if (limits.validate_utf8 == utf8_policy::validate)
    check_round_trip(whole);
  return 0;
}
