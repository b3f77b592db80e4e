// The target of a redirect, RFC 9110 §15.4. The client decides whether to follow it.
#pragma once

#include "websock/http/url.hpp"

#include <string_view>
#include <variant>

namespace websock::http {

/// Whether a response with this status refers to another location.
[[nodiscard]] bool is_redirect(int status) noexcept;

/// The URL that `location` refers to in a response from `base` (RFC 3986 §5.2, without
/// the fragment). http and https count as ws and wss. Never leads from wss to ws.
[[nodiscard]] std::variant<url, bad_url> redirected(const url& base,
                                                    std::string_view location);

} // namespace websock::http
