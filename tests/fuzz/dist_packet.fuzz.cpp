// The stream of a distribution connection: splitting it makes no difference, memory
// follows what was sent, and control messages that are written again are read as the
// same.
#include "websock/runtime/distribution/etf/malformed.hpp"
#include "websock/runtime/distribution/wire/control_reader.hpp"
#include "websock/runtime/distribution/wire/control_writer.hpp"
#include "websock/runtime/distribution/wire/packet_splitter.hpp"

#include "tests/distribution/wire/describe.hpp"
#include "tests/fuzz/input.hpp"

namespace {

using namespace websock::runtime::distribution;
using namespace websock::runtime;

constexpr std::size_t packet_limit = std::size_t{256} * 1024;
constexpr decoder_limits limits{
    .terms = {.octets = packet_limit, .depth = 16, .elements = 4096},
    .fragments = {.octets = 10'000, .sequences = 3}};

using lines = std::vector<std::string>;

struct no_atoms final : etf::atom_table {
  std::optional<std::string_view> find(std::uint8_t) const noexcept override {
    return std::nullopt;
  }
};

void check_round_trip(const control::message& what) {
  if (std::holds_alternative<control::unknown>(what)
      || std::holds_alternative<control::spawn_request>(what))
    return;
  std::string terms;
  append_control(terms, what, {});
  terms += 'j'; // a payload for those that need one
  const no_atoms none;
  const etf::limits generous;
  const auto again = read_control({terms, none, generous}, version_octets::omitted);
  fuzz::require(again.what == what, "what is written is read as the same");
}

std::string read_payload(const received_message& message) {
  if (message.payload.empty())
    return {};
  try {
    return to_string(etf::reader(message.payload, limits.terms, message.atoms).value());
  } catch (const etf::malformed&) {
    return "malformed";
  }
}

lines read(const std::vector<std::string>& pieces) {
  packet_splitter splitter{packet_limit};
  packet_decoder decoder{limits};
  lines out;
  std::size_t fed = 0;
  try {
    for (const auto& piece : pieces) {
      splitter.append(piece);
      fed += piece.size();
      while (const auto packet = splitter.next())
        if (const auto message = decoder.read(*packet)) {
          check_round_trip(message->what);
          out.push_back(std::visit(tests::describer{}, message->what) + ": "
                        + read_payload(*message));
        }
      fuzz::require(splitter.capacity() <= 2 * fed + packet_limit / 2,
                    "the splitter holds no more than was sent");
      fuzz::require(decoder.held() <= limits.fragments.octets,
                    "fragments stay within their limit");
    }
  } catch (const etf::malformed& error) {
    out.push_back(error.what());
  }
  return out;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::input in(data, size);
  (void)in.byte();
  const auto pieces = in.pieces();
  fuzz::require(read(pieces) == read({fuzz::joined(pieces)}),
                "cuts make no difference to packets");
  return 0;
}
