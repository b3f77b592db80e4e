// The handshake of two nodes: no octets of a peer, however they are cut, get either end
// to an outcome without the cookie, or to more than the limit; cuts make no difference.
#include "websock/runtime/distribution/handshake/handshake.hpp"

#include "tests/fuzz/input.hpp"

#include <memory>

namespace {

using namespace websock::runtime::distribution;

std::uint32_t known_challenge() {
  return 12'345;
}

class judge final : public arrival_judge {
public:
  explicit judge(std::uint8_t choice) : choice_(choice) {}
  arrival arrives(const handshake_peer&) override {
    return static_cast<arrival>(choice_ % 5U);
  }
  bool is_still_wanted(const node_name&) override { return choice_ % 2U == 0; }

private:
  std::uint8_t choice_;
};

handshake made(bool is_connecting, arrival_judge& by) {
  handshake_self self{node_name::parse("b@host"), offered(visibility::hidden), 9,
                      cookie::from_text("secret")};
  const handshake_options known{std::size_t{64} << 10U, &known_challenge};
  if (is_connecting)
    return handshake::connect(std::move(self), node_name::parse("a@host"), by, known);
  return handshake::accept(std::move(self), by, known);
}

/// What was said, then how it ended, then what came behind it.
std::string course(const std::vector<std::string>& pieces, std::uint8_t choice) {
  judge by(choice);
  auto end = made(choice % 16U < 8U, by);
  std::string said = end.begin().output;
  std::string outcome;
  std::string behind;
  std::size_t size = 0;
  // A refusal repeats the name that a peer gave itself, which may hold the cookie's text.
  const auto peer_said_it = fuzz::joined(pieces).find("secret") != std::string::npos;
  for (const auto& piece : pieces) {
    size += piece.size();
    const auto step = end.feed(piece);
    said += step.output;
    behind += step.rest;
    fuzz::require(step.refusal() == nullptr || step.success() == nullptr, "one outcome");
    if (const auto* const refused = step.refusal())
      outcome = refused->text;
    if (const auto* const success = step.success())
      outcome = "+" + success->peer.name.text();
    fuzz::require(!outcome.empty() || size <= (std::size_t{64} << 10U),
                  "the limit holds");
    fuzz::require(peer_said_it || outcome.find("secret") == std::string::npos,
                  "the cookie is not told");
  }
  // What follows a refusal is nobody's.
  return said + "|" + outcome + "|" + (outcome.substr(0, 1) == "+" ? behind : "");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::input in(data, size);
  const auto choice = in.byte();
  const auto pieces = in.pieces();
  const auto whole = course({fuzz::joined(pieces)}, choice);
  fuzz::require(whole == course(pieces, choice),
                "cuts make no difference to a handshake");
  return 0;
}
