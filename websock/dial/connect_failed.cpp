// Formats connect_failed.
#include "websock/dial/connect_failed.hpp"

#include <string_view>

namespace websock {

namespace {

[[nodiscard]] std::string_view name_of(connect_failed::kind failure) noexcept {
  using kind = connect_failed::kind;
  switch (failure) {
  case kind::unresolved:
    return "unresolved";
  case kind::unreachable:
    return "unreachable";
  case kind::tls:
    return "tls";
  case kind::refused:
    return "refused";
  case kind::malformed:
    return "malformed";
  case kind::timeout:
    return "timeout";
  }
  return "failed";
}

} // namespace

std::string to_string(const connect_failed& failed) {
  std::string text = "connect_failed: ";
  return text.append(name_of(failed.what)).append(": ").append(failed.why);
}

} // namespace websock
