// Random streams of frames, mostly valid, and random ways to split them.
#pragma once

#include "websock/protocol/frame_writer.hpp"

#include "tests/websock/protocol/chunkings.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <utility>

namespace websock::testing {

class random_stream {
public:
  explicit random_stream(std::uint64_t seed) : random_(seed) {}

  /// Messages, some fragmented with control frames between the fragments; every second
  /// stream contains an error.
  [[nodiscard]] std::string octets() {
    std::string out;
    for (auto left = below(6) + 1; left > 0; --left)
      out += message();
    if (below(3) == 0)
      out += masked(protocol::opcode::close, close_payload());
    return maybe_spoiled(std::move(out));
  }

  /// Spoils every second input: one octet is wrong, missing or extra.
  [[nodiscard]] std::string maybe_spoiled(std::string octets) {
    if (!octets.empty() && below(2) == 0)
      spoil(octets);
    return octets;
  }

  /// The same octets, split into pieces.
  [[nodiscard]] chunks cut(std::string_view octets) {
    chunks pieces;
    const auto largest = below(3) == 0 ? 3 : below(100) + 1;
    while (!octets.empty()) {
      const auto size = std::min(octets.size(), below(largest) + 1);
      pieces.emplace_back(octets.substr(0, size));
      octets.remove_prefix(size);
    }
    return pieces;
  }

  [[nodiscard]] std::size_t below(std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_);
  }

private:
  [[nodiscard]] std::string masked(protocol::opcode code, std::string_view payload,
                                   protocol::fin last = protocol::fin::set) {
    std::string out;
    protocol::mask_key key{};
    for (auto& each : key)
      each = static_cast<std::byte>(below(256));
    protocol::append_masked_frame(out, code, payload, key, last);
    return out;
  }

  [[nodiscard]] std::string message() {
    using protocol::opcode;
    const bool is_text = below(2) == 0;
    const bool is_ascii = below(2) == 0;
    std::string payload;
    for (auto left = below(below(5) == 0 ? 200 : 8); left > 0; --left)
      payload += is_text ? is_ascii ? "a" : character()
                         : std::string(1, static_cast<char>(below(256)));
    std::string out;
    auto code = is_text ? opcode::text : opcode::binary;
    while (below(3) == 0) {
      const auto size = below(payload.size() + 1);
      out += masked(code, payload.substr(0, size), protocol::fin::clear);
      payload.erase(0, size);
      code = opcode::continuation;
      if (below(3) == 0)
        out += masked(below(2) == 0 ? opcode::ping : opcode::pong,
                      std::string(below(126), 'p'));
    }
    return out + masked(code, payload);
  }

  [[nodiscard]] std::string character() {
    static constexpr std::array<std::string_view, 7> some{
        "a", "\x7F", "é", "水", "\xEF\xBF\xBF", "𝄞", "\xF4\x8F\xBF\xBF"};
    return std::string(some[below(some.size())]);
  }

  [[nodiscard]] std::string close_payload() {
    std::string out;
    if (below(4) == 0)
      return out;
    const auto code = below(2) == 0 ? 1000 : below(5200);
    out += static_cast<char>(code >> 8U);
    out += static_cast<char>(code & 0xFFU);
    for (auto left = below(20); left > 0; --left)
      out += character();
    return out;
  }

  void spoil(std::string& octets) {
    const auto at = below(octets.size());
    switch (below(4)) {
    case 0:
      octets[at] = static_cast<char>(below(256));
      break;
    case 1:
      octets[at] = static_cast<char>(octets[at] ^ 1 << below(8));
      break;
    case 2:
      octets.erase(at, 1);
      break;
    default:
      octets.insert(at, 1, static_cast<char>(below(256)));
      break;
    }
  }

  std::mt19937_64 random_;
};

} // namespace websock::testing
