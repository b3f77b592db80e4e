// Where a redirect leads, RFC 9110 §15.4. Whether it is followed is the client's
// decision.
#pragma once

#include "websock/http/url.hpp"

#include <string_view>
#include <variant>

namespace websock::http {

/// Whether an answer with this status says that the resource is elsewhere.
[[nodiscard]] bool is_redirect(int status) noexcept;

/// The URL that `location` means in an answer of `from` (RFC 3986 §5.2, without the
/// fragment): http and https stand for ws and wss. Never from wss to ws.
[[nodiscard]] std::variant<url, bad_url> redirected(const url& from,
                                                    std::string_view location);

} // namespace websock::http
