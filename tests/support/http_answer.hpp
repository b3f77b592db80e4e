// A response of HTTP as a client sees it.
#pragma once

#include "tests/support/tcp_client.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace tests {

struct http_answer {
  int status = 0;
  std::string head; // with the blank line
  std::string body;

  /// The value of the first header of this name, as it is spelled.
  [[nodiscard]] std::optional<std::string> header(std::string_view name) const;
};

enum class answer_to { get, head };

/// Takes one response off the stream; its body is as long as Content-Length says.
[[nodiscard]] http_answer take_answer(tcp_client& from,
                                      answer_to method = answer_to::get);

/// The head without its Date, which must be one.
[[nodiscard]] std::string undated(std::string head);

/// "GET /path HTTP/1.1", a Host, and `headers`, each with its CRLF.
[[nodiscard]] std::string get_request(std::string_view path,
                                      std::string_view headers = {});
/// The handshake of RFC 6455 §1.2, and `headers`, each with its CRLF.
[[nodiscard]] std::string upgrade_request(std::string_view path,
                                          std::string_view headers = {});

} // namespace tests
