// The negotiation of permessage-deflate, RFC 7692 §5 and §7.1, for both ends. Pure
// functions from text to parameters and text.
#pragma once

#include "websock/protocol/deflate_options.hpp"
#include "websock/protocol/deflate_params.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace websock {

/// The parameters that a server accepts, and the text that says so.
struct deflate_acceptance {
  protocol::deflate_params params;
  std::string extension; // the element of Sec-WebSocket-Extensions in the response
};

/// The server's answer to the elements of the request's Sec-WebSocket-Extensions: accepts
/// the first offer, in the client's order, that is well-formed and supported. Empty if
/// there is none: then the connection does not compress.
[[nodiscard]] std::optional<deflate_acceptance>
accept_deflate(std::span<const std::string_view> offers,
               const protocol::deflate_options& own);

/// The client's offer: an element of Sec-WebSocket-Extensions for its request.
[[nodiscard]] std::string offer_deflate(const protocol::deflate_options& own);

/// Why a client must fail the handshake (RFC 6455 §4.1): static text that names the
/// clause.
struct deflate_refusal {
  std::string_view reason;
};

/// Interprets the elements of the response's Sec-WebSocket-Extensions, for a client that
/// offered `offer_deflate(*own)`, or nothing if `own` is null: the negotiated parameters,
/// none if the server declined, or the refusal of an invalid response.
[[nodiscard]] std::variant<std::optional<protocol::deflate_params>, deflate_refusal>
read_deflate_response(std::span<const std::string_view> extensions,
                      const protocol::deflate_options* own);

} // namespace websock
