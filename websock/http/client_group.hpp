// Groups clients for per-client limits: by IPv4 address, or by IPv6 network.
#pragma once

#include <cstdint>
#include <string_view>

namespace websock::http {

/// An IPv4 address, or the first 64 bits of an IPv6 address, as one host may use any
/// number of addresses with the same 64 bits.
enum class client_group : std::uint64_t {
  nobody = UINT64_MAX // a Unix socket, or a name that is not an address
};

/// Takes a name as in request_source::peer_name: "127.0.0.1:51234", "[::1]:51234".
[[nodiscard]] client_group client_group_of(std::string_view peer_name) noexcept;

} // namespace websock::http
