// What the examples with a page send with its files.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace examples {

/// Nothing but the page's own files, and a WebSocket to where it came from.
inline const std::vector<std::pair<std::string, std::string>> page_headers{
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
     "connect-src 'self' ws: wss:; base-uri 'none'; form-action 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"Cache-Control", "no-cache"}};

} // namespace examples
