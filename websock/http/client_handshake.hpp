// The opening handshake as a client sees it: its request, and the only place with the
// checks of RFC 6455 §4.1 on the answer.
#pragma once

#include "websock/http/response_head.hpp"
#include "websock/http/url.hpp"

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace websock::http {

/// What a client offers.
struct client_offer {
  std::string key;                    // base64 of 16 octets
  std::vector<std::string> protocols; // in order of preference
  std::string extensions;             // Sec-WebSocket-Extensions as it is sent, or empty
  std::vector<std::pair<std::string, std::string>> headers; // besides ours
};

/// The octets of the request. Throws std::invalid_argument for what is not legal in it: a
/// subprotocol that is no token or comes twice, a header that is malformed or is one of
/// the handshake's own.
[[nodiscard]] std::string opening_request(const url& to, const client_offer& offer);

/// What the server agreed to.
struct switched {
  std::string_view protocol; // one of those offered, in the offer's memory, or empty
  std::vector<std::string_view>
      extensions; // each with its parameters, in the head's memory
};

/// Judges a 101. `accept` is the Sec-WebSocket-Accept value that belongs to the key.
[[nodiscard]] std::variant<switched, bad_response>
check_switching(const response_head& answer, const client_offer& offer,
                std::string_view accept);

} // namespace websock::http
