// Response headers for the examples that serve a page.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace examples {

/// Allows only the page's own files and a WebSocket to the page's origin.
inline const std::vector<std::pair<std::string, std::string>> page_headers{
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
     "connect-src 'self' ws: wss:; base-uri 'none'; form-action 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"Cache-Control", "no-cache"}};

} // namespace examples
