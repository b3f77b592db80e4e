// How large a request head may be.
#pragma once

#include <cstddef>

namespace websock::http {

struct head_limits {
  std::size_t max_request_line = 10'000; // octets, without CRLF
  std::size_t max_header_line = 10'000;  // octets, without CRLF
  std::size_t max_headers = 50;
};

} // namespace websock::http
