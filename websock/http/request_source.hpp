// Where a request came from, asked only when somebody wants to know: naming a peer costs
// a call to the kernel.
#pragma once

#include <string>

namespace websock::http {

class request_source {
public:
  request_source() = default;
  request_source(const request_source&) = delete;
  request_source& operator=(const request_source&) = delete;
  virtual ~request_source() = default;

  /// "127.0.0.1:51234", "[::1]:51234", or "unix".
  [[nodiscard]] virtual std::string peer_name() const = 0;
  /// Whether nobody in between can read or change what is sent.
  [[nodiscard]] virtual bool is_secure() const noexcept { return false; }
};

} // namespace websock::http
