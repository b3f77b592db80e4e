// Maps the names of peers to groups.
#include "websock/http/client_group.hpp"

#include "websock/http/ip_address.hpp"

#include <algorithm>
#include <cstddef>

namespace websock::http {

namespace {

// The prefix of IPv4-mapped addresses, RFC 4291 §2.5.5.2, which no IPv6 network has.
constexpr std::uint64_t mapped = std::uint64_t{0xFFFF} << 32U;

} // namespace

client_group client_group_of(std::string_view peer_name) noexcept {
  const auto colon = std::min(peer_name.rfind(':'), peer_name.size());
  auto host = peer_name.substr(0, colon);
  std::uint64_t value = 0;
  if (const auto v4 = parse_ipv4(host)) {
    for (const auto octet : *v4)
      value = value << 8U | octet;
    return client_group{mapped | value};
  }
  if (!host.starts_with('[') || !host.ends_with(']'))
    return client_group::nobody;
  host = host.substr(1, host.size() - 2);
  const auto v6 = parse_ipv6(host.substr(0, host.find('%')));
  if (!v6)
    return client_group::nobody;
  for (std::size_t i = 0; i < 8; ++i)
    value = value << 8U | (*v6)[i];
  return client_group{value};
}

} // namespace websock::http
