// Tokens that clients send as a subprotocol.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace websock::channels {

/// The subprotocol that goes with a token.
inline constexpr std::string_view phoenix_subprotocol = "phoenix";

/// Whether the offer of this subprotocol holds a token.
[[nodiscard]] bool holds_token(std::string_view subprotocol) noexcept;

struct malformed_token {};

/// The token among the subprotocols that a client offers, if there is exactly one.
/// Source: "base64url.bearer.phx." and the token in base64; phoenix.js writes the
/// standard alphabet, so both are read.
[[nodiscard]] std::variant<std::optional<std::string>, malformed_token>
find_token(std::span<const std::string_view> offered);

} // namespace websock::channels
