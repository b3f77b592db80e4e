// A static file that is part of the program.
#pragma once

#include <string_view>

namespace websock::http {

/// All views have static lifetime.
struct asset {
  std::string_view path; // as requested: "/index.html"
  std::string_view content_type;
  std::string_view body;
};

} // namespace websock::http
