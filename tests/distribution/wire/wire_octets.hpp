// Octets of packets, for tests.
#pragma once

#include "websock/runtime/distribution/wire/octets.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tests {

/// "83 44 [78*65536]": hexadecimal digits, and runs of one octet with their length.
[[nodiscard]] inline std::string unhex(std::string_view digits) {
  const auto octet = [&](std::size_t at) {
    return static_cast<char>(std::stoi(std::string{digits.substr(at, 2)}, nullptr, 16));
  };
  std::string octets;
  for (std::size_t at = 0; at < digits.size();) {
    if (digits[at] == ' ') {
      ++at;
    } else if (digits[at] == '[') {
      const std::size_t end = digits.find(']', at);
      octets.append(std::stoul(std::string{digits.substr(at + 4, end - at - 4)}),
                    octet(at + 1));
      at = end + 1;
    } else {
      octets += octet(at);
      at += 2;
    }
  }
  return octets;
}

/// A packet behind its length.
[[nodiscard]] inline std::string framed(std::string_view packet) {
  std::string out;
  websock::runtime::distribution::append_big_endian(
      out, static_cast<std::uint32_t>(packet.size()));
  return out.append(packet);
}

} // namespace tests
