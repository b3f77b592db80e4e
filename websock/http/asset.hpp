// A static file that is part of the program.
#pragma once

#include <cstdint>
#include <string_view>

namespace websock::http {

/// All views have static lifetime.
struct asset {
  std::string_view path; // as requested: "/index.html"
  std::string_view content_type;
  std::string_view body;
  std::int64_t modified = 0; // seconds since 1970; 0: unknown
};

} // namespace websock::http
