// The opening handshake on the server's side: the only place that checks it against RFC
// 6455 §4.2.1.
#pragma once

#include "websock/http/request.hpp"
#include "websock/http/response.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace websock::http {

/// What a valid handshake offers; points into the request.
struct upgrade_request {
  std::string_view key;                           // 24 characters, base64 of 16 octets
  std::vector<std::string_view> protocols;        // in the client's order of preference
  std::vector<std::string_view> extension_offers; // each with its parameters, unparsed
};

/// True if the request asks for WebSocket at all, even if incorrectly.
[[nodiscard]] bool wants_upgrade(const request& request) noexcept;

/// The offer, or the response that rejects it: 405, 426 or 400.
[[nodiscard]] std::variant<upgrade_request, response>
check_upgrade(const request& request);

/// RFC 6455 §4.2.2(5): the first of `spoken`, in order of preference, that was offered.
/// The result points into `spoken`.
[[nodiscard]] std::optional<std::string_view>
select_subprotocol(std::span<const std::string> spoken,
                   std::span<const std::string_view> offered) noexcept;

/// The octets of the 101 response. `accept` is the computed Sec-WebSocket-Accept value;
/// with an empty `date` there is no Date. Throws std::invalid_argument if a part is
/// illegal in a header.
[[nodiscard]] std::string
switching_protocols(std::string_view accept,
                    std::optional<std::string_view> protocol = {},
                    std::span<const std::pair<std::string, std::string>> extra = {},
                    std::string_view date = {});

} // namespace websock::http
