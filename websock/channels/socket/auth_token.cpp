// Tokens in subprotocols.
#include "websock/channels/socket/auth_token.hpp"

#include "websock/channels/envelope/base64.hpp"

#include <algorithm>

namespace websock::channels {

namespace {

constexpr std::string_view prefix = "base64url.bearer.phx.";

} // namespace

bool holds_token(std::string_view subprotocol) noexcept {
  return subprotocol.starts_with(prefix);
}

std::variant<std::optional<std::string>, malformed_token>
find_token(std::span<const std::string_view> offered) {
  if (std::count_if(offered.begin(), offered.end(), holds_token) != 1)
    return std::optional<std::string>();
  const auto found = std::find_if(offered.begin(), offered.end(), holds_token);
  auto token = base64_decoded(found->substr(prefix.size()));
  if (!token)
    return malformed_token();
  return token;
}

} // namespace websock::channels
