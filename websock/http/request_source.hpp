// Where a request came from. Queried only when needed, because naming a peer takes a
// system call.
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
  /// Whether nobody on the way can read or change the data.
  [[nodiscard]] virtual bool is_secure() const noexcept { return false; }
};

} // namespace websock::http
