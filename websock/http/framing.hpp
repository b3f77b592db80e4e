// What the headers of a head promise together: host, body framing. RFC 9112 §3.2, §6.
#pragma once

#include "websock/http/head_error.hpp"
#include "websock/http/request.hpp"

namespace websock::http {

/// Judges a head whose lines are well formed; nothing if it is fine.
[[nodiscard]] verdict check_framing(const request& head);

} // namespace websock::http
