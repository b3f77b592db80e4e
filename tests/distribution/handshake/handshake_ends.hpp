// Nodes for the tests of handshakes, and what carries octets between two ends.
#pragma once

#include "websock/runtime/distribution/handshake/handshake.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tests {

namespace distribution = websock::runtime::distribution;

inline constexpr auto all_of_us =
    distribution::mandatory_in_otp_27; // what most tests offer: no more than needed

/// Answers as a test wants, and keeps what it was asked.
class told_judge final : public distribution::arrival_judge {
public:
  distribution::arrival arrives(const distribution::handshake_peer& peer) override {
    asked.push_back(peer.name.text());
    return answer;
  }
  bool is_still_wanted(const distribution::node_name& peer) override {
    asked.push_back("alive " + peer.text());
    return is_wanted;
  }

  distribution::arrival answer = distribution::arrival::ok;
  bool is_wanted = true;
  std::vector<std::string> asked;
};

[[nodiscard]] inline distribution::node_name name(std::string_view text) {
  return distribution::node_name::parse(text);
}

[[nodiscard]] inline distribution::handshake_self
node(std::string_view called, std::string_view cookie = "secret",
     distribution::capabilities offers =
         distribution::offered(distribution::visibility::hidden)) {
  return {name(called), offers, called.front() == 'a' ? 0x1111'1111U : 0x2222'2222U,
          distribution::cookie::from_text(cookie)};
}

/// What one end has said and how it ended.
struct end_of_handshake {
  distribution::handshake& of;
  std::string said;
  std::string heard_behind; // octets that came after the end
  std::optional<distribution::handshake_success> success;
  std::optional<distribution::handshake_refusal> refusal;

  void take(const distribution::handshake_step& step) {
    said += step.output;
    heard_behind += step.rest;
    if (const auto* const found = step.success())
      success = *found;
    if (const auto* const found = step.refusal())
      refusal = *found;
  }
};

/// Octets behind a length of two octets.
[[nodiscard]] inline std::string packet(std::string_view message) {
  std::string octets;
  distribution::detail::put_packet(octets, message);
  return octets;
}

[[nodiscard]] inline std::string octets(std::initializer_list<int> each) {
  std::string made;
  for (const int one : each)
    made += static_cast<char>(one);
  return made;
}

} // namespace tests
