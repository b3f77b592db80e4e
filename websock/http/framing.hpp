// Checks on several headers together: host and body framing. RFC 9112 §3.2, §6.
#pragma once

#include "websock/http/head_error.hpp"
#include "websock/http/request.hpp"

namespace websock::http {

/// Checks a head whose lines are well formed; empty if it is valid.
[[nodiscard]] verdict check_framing(const request& head);

} // namespace websock::http
