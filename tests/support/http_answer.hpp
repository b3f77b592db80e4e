// An HTTP response as a client sees it.
#pragma once

#include "tests/support/tcp_client.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace tests {

struct http_answer {
  int status = 0;
  std::string head; // including the blank line
  std::string body;

  /// The value of the first header with this name; the match is case-sensitive.
  [[nodiscard]] std::optional<std::string> header(std::string_view name) const;
};

enum class answer_to { get, head };

/// Reads one response from the stream; Content-Length gives the size of its body.
[[nodiscard]] http_answer take_answer(tcp_client& from,
                                      answer_to method = answer_to::get);

/// The head without its Date header, which must be valid.
[[nodiscard]] std::string undated(std::string head);

/// "GET /path HTTP/1.1", a Host header and `headers`, each ending in CRLF.
[[nodiscard]] std::string get_request(std::string_view path,
                                      std::string_view headers = {});
/// The handshake of RFC 6455 §1.2 and `headers`, each ending in CRLF.
[[nodiscard]] std::string upgrade_request(std::string_view path,
                                          std::string_view headers = {});

} // namespace tests
