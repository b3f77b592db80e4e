// What an error of accept(2) says.
#pragma once

#include <cerrno>

namespace websock::runtime::detail {

/// Whether it concerns a queued connection rather than the socket or the program: the
/// next one may be accepted at once. Source: accept(2), "Error handling".
[[nodiscard]] inline bool is_of_one_connection(int error) noexcept {
  switch (error) {
  case ECONNABORTED:
  case EINTR:
  case EPERM: // rejected by a firewall
  case EPROTO:
  case ENOPROTOOPT:
  case EOPNOTSUPP:
  case ENETDOWN:
  case ENETUNREACH:
  case EHOSTDOWN:
  case EHOSTUNREACH:
  case ENONET:
    return true;
  default:
    return false;
  }
}

} // namespace websock::runtime::detail
