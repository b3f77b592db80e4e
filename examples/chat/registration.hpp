// POST /names: a name and its token.
#pragma once

#include "websock/http.hpp"
#include "websock/runtime/process.hpp"
#include "websock/runtime/waiting.hpp"

#include "examples/chat/house.hpp"

namespace chat {

/// The body is {"name": ..., "token": ...}; the token may be missing. Answers 200 with
/// the name, cleaned, and its token; 409 when somebody else has it; 400, 422, 429 and 503
/// with a reason.
[[nodiscard]] websock::runtime::waiting<websock::http::response>
registration(websock::runtime::process& self, const websock::http::request& request,
             house& in);

} // namespace chat
