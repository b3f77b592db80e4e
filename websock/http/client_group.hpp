// Whom a client counts as where many wait: one address of IPv4, or one network of IPv6.
#pragma once

#include <cstdint>
#include <string_view>

namespace websock::http {

/// An IPv4 address, or the first 64 bits of an IPv6 address, which one host may fill with
/// as many addresses as it likes.
enum class client_group : std::uint64_t {
  nobody = UINT64_MAX // a Unix socket, or a name that is no address
};

/// Of a name as request_source::peer_name gives it: "127.0.0.1:51234", "[::1]:51234".
[[nodiscard]] client_group client_group_of(std::string_view peer_name) noexcept;

} // namespace websock::http
