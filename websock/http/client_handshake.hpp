// The opening handshake on the client's side: its request, and the only place that checks
// the answer against RFC 6455 §4.1.
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
  std::string extensions;             // the value of Sec-WebSocket-Extensions, or empty
  std::vector<std::pair<std::string, std::string>> headers; // besides the handshake's own
};

/// The octets of the request. Throws std::invalid_argument if a part is illegal: a
/// subprotocol that is not a token or appears twice, a header that is malformed or
/// belongs to the handshake itself.
[[nodiscard]] std::string opening_request(const url& server, const client_offer& offer);

/// What the server has accepted.
struct switched {
  std::string_view protocol; // one of those offered, pointing into the offer, or empty
  std::vector<std::string_view>
      extensions; // each with its parameters, pointing into the head
};

/// Checks a 101. `accept` is the Sec-WebSocket-Accept value expected for the key.
[[nodiscard]] std::variant<switched, bad_response>
check_switching(const response_head& answer, const client_offer& offer,
                std::string_view accept);

} // namespace websock::http
