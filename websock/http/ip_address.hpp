// IPv4 and IPv6 addresses as text: parses RFC 4291 §2.2, formats RFC 5952.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace websock::http {

using ipv4_octets = std::array<std::uint8_t, 4>;
using ipv6_octets = std::array<std::uint8_t, 16>;

/// Four decimal numbers without leading zeros.
[[nodiscard]] std::optional<ipv4_octets> parse_ipv4(std::string_view text) noexcept;
/// Zones are not accepted.
[[nodiscard]] std::optional<ipv6_octets> parse_ipv6(std::string_view text) noexcept;

[[nodiscard]] std::string to_text(const ipv4_octets& address);
/// The canonical form; IPv4 notation for an IPv4-mapped address.
[[nodiscard]] std::string to_text(const ipv6_octets& address);
/// "127.0.0.1:80"
[[nodiscard]] std::string to_text(const ipv4_octets& address, std::uint16_t port);
/// "[::1]:80"
[[nodiscard]] std::string to_text(const ipv6_octets& address, std::uint16_t port);

} // namespace websock::http
