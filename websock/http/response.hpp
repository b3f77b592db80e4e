// A response and its wire form, RFC 9112 §4. Never produces a malformed one.
#pragma once

#include "websock/http/status.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace websock::http {

enum class body_policy : std::uint8_t { with_body, head_only };
enum class connection_policy : std::uint8_t { keep_alive, close };

struct response {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  /// Adds a header. Throws std::invalid_argument unless name and value are legal, so that
  /// no CR or LF in user data can start another header or response.
  response& with_header(std::string name, std::string value);

  /// The octets to send, with Content-Length, Connection (keeping the tokens that
  /// `headers` has for it) and, unless it is empty or in `headers` already, Date.
  /// Content-Length and Transfer-Encoding in `headers` are ignored. Headers added without
  /// `with_header` are checked here: an illegal one, or a status outside 200-599, yields
  /// the octets of a 500 instead.
  [[nodiscard]] std::string serialize(body_policy body_form, connection_policy connection,
                                      std::string_view date = {}) const;
};

[[nodiscard]] response ok_text(std::string body);
[[nodiscard]] response json(std::string body);
[[nodiscard]] response bad_request(std::string why);
/// 401 with WWW-Authenticate (RFC 9110 §11.6.1): `Bearer`, `Basic realm="x"`.
[[nodiscard]] response unauthorized(std::string challenge);
[[nodiscard]] response forbidden(std::string why);
[[nodiscard]] response not_found();
/// 307: repeat the request there. Browsers do not follow it for a WebSocket.
[[nodiscard]] response redirect(std::string location);
[[nodiscard]] response too_many_requests(std::chrono::seconds retry_after);
/// The response to OPTIONS, RFC 9110 §9.3.7: 204. `allow` lists the methods, separated by
/// commas.
[[nodiscard]] response allowed_methods(std::string allow);
/// 405 with such a list.
[[nodiscard]] response method_not_allowed(std::string allow);
/// 426: this resource requires WebSocket version 13 (RFC 6455 §4.4).
[[nodiscard]] response upgrade_required();
[[nodiscard]] response service_unavailable(std::chrono::seconds retry_after);
[[nodiscard]] response internal_server_error();
/// Any status with a text body: its reason phrase, or `why` unless that is empty.
[[nodiscard]] response plain_status(int status, std::string why = {});

} // namespace websock::http
