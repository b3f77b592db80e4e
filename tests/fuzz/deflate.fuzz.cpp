// Compressed messages: any octets as a payload, in frames split anywhere. The output
// respects the limits, and a message survives compression and decompression.
#include "websock/protocol/frame_writer.hpp"
#include "websock/protocol/message_writer.hpp"

#include "tests/fuzz/input.hpp"
#include "tests/websock/protocol/deflate_lab.hpp"

namespace {

using namespace websock::protocol;
using namespace websock::testing;

constexpr message_limits generous{.max_frame_size = 1U << 20U,
                                  .max_message_size = 1U << 20U};
constexpr message_limits small{
    .max_frame_size = 1U << 20U, .max_message_size = 1'000, .max_fragments = 1U << 20U};

std::string framed(const chunks& pieces, opcode code) {
  std::string out;
  for (std::size_t i = 0; i < pieces.size(); ++i)
    append_masked_frame(out, i == 0 ? code : opcode::continuation, pieces[i], some_key(),
                        i + 1 == pieces.size() ? fin::set : fin::clear,
                        i == 0 ? rsv::rsv1 : rsv::none);
  return out;
}

lines read(const chunks& octets, const deflate_direction& peer,
           const message_limits& limits) {
  deflate_pool pool;
  message_assembler assembler(role::server, limits,
                              std::make_unique<message_inflater>(peer, pool));
  lines out;
  for (const auto& piece : octets) {
    feed(assembler, piece, out);
    fuzz::require(assembler.heap_size() <= 2 * limits.max_message_size + 300'000,
                  "a message costs no more than it may");
    if (!out.empty() && out.back().starts_with("failed"))
      break;
  }
  for (const auto& line : out)
    fuzz::require(line.size() <= limits.max_message_size + 200,
                  "a message is no longer than it may be");
  return out;
}

void check_round_trip(const std::string& payload, const deflate_direction& peer) {
  deflate_pool pool;
  auto writer =
      deflating_writer(role::client, peer, deflate_options{.threshold = 0}, pool);
  std::string octets;
  writer.append_message(octets, opcode::binary, payload);
  writer.append_message(octets, opcode::binary, payload);
  fuzz::require(read({octets}, peer, generous)
                    == lines{"binary " + payload, "binary " + payload},
                "what is compressed comes out again");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::input in(data, size);
  const auto flags = in.byte();
  const deflate_direction peer{
      .window_bits = static_cast<std::uint8_t>(15 - (flags >> 4U) % 7U),
      .takeover = (flags & 2U) == 0 ? context_takeover::kept : context_takeover::none};
  const auto& limits = (flags & 4U) == 0 ? generous : small;
  const auto code = (flags & 1U) == 0 ? opcode::text : opcode::binary;
  const auto pieces = in.pieces();
  if (pieces.empty())
    return 0;
  const auto payload = fuzz::joined(pieces);
  // The same message twice: the second one has the context of the first.
  const auto whole = framed({payload}, code) + framed({payload}, code);
  const auto fragmented = framed(pieces, code) + framed(pieces, code);
  const auto expected = read({whole}, peer, limits);
  const auto cut = read(in_pieces(whole, 7), peer, limits);
  const auto in_fragments = read({fragmented}, peer, limits);
  // A peer that looks back farther than it promised breaks the protocol, and zlib sees
  // that or not by what it still holds. With the largest window nobody can.
  if (peer.window_bits == 15) {
    fuzz::require(expected == cut, "cuts make no difference to a compressed message");
    fuzz::require(expected == in_fragments,
                  "fragments make no difference to a compressed message");
  }
  check_round_trip(payload, peer);
  return 0;
}
