// epmd: a registry's bounds hold whatever its sockets say, cuts make no difference to its
// answers, and no answer breaks a client. What is written can be read.
#include "websock/runtime/distribution/handshake/epmd_client.hpp"
#include "websock/runtime/distribution/handshake/epmd_registry.hpp"

#include "tests/fuzz/input.hpp"

namespace {

using namespace websock::runtime::distribution;

constexpr epmd_limits few{6, 3, 1'024};

/// Each piece is what the next of a few sockets says.
void talk(epmd_registry& epmd, const std::vector<std::string>& pieces) {
  std::vector<epmd_registry::socket> sockets;
  for (const auto& piece : pieces) {
    if (const auto made = epmd.open(epmd_origin::local))
      sockets.push_back(*made);
    const auto at = sockets[static_cast<std::uint8_t>(piece.front()) % sockets.size()];
    if (piece.size() == 1)
      epmd.close(at);
    else
      static_cast<void>(epmd.feed(at, piece));
    fuzz::require(epmd.names() <= few.names && epmd.sockets() <= few.sockets,
                  "names and sockets are bounded");
    fuzz::require(epmd.names() <= epmd.sockets(), "a name has its socket");
  }
}

/// What one socket hears.
std::string heard(const std::vector<std::string>& pieces) {
  epmd_registry epmd(4'369, 100, few);
  const auto socket = epmd.open(epmd_origin::local);
  std::string answer;
  for (const auto& piece : pieces) {
    const auto reply = epmd.feed(*socket, piece);
    answer += reply.output;
    if (reply.next != epmd_next::wait)
      break;
  }
  return answer;
}

template <class Question>
void answer(Question question, const std::vector<std::string>& pieces) {
  for (const auto& piece : pieces)
    if (!std::holds_alternative<epmd_incomplete>(question.feed(piece)))
      return;
  fuzz::require(!std::holds_alternative<epmd_incomplete>(question.end_of_stream()),
                "the end of the stream ends the question");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::input in(data, size);
  const auto pieces = in.pieces();
  epmd_registry epmd(4'369, 100, few);
  talk(epmd, pieces);
  fuzz::require(heard(pieces) == heard({fuzz::joined(pieces)}),
                "cuts make no difference to an answer of epmd");
  if (const auto request = read_epmd_request(fuzz::joined(pieces))) {
    const auto again = read_epmd_request(std::string_view(to_octets(*request)).substr(2));
    fuzz::require(again && to_octets(*again) == to_octets(*request),
                  "what is written can be read");
  }
  answer(register_at_epmd(epmd_node{}), pieces);
  answer(ask_epmd_for_port("a"), pieces);
  answer(ask_epmd_for_names(), pieces);
  return 0;
}
