// A response and its wire form, RFC 9112 §4. Nothing malformed leaves through here.
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
  /// no CR or LF from elsewhere becomes a header or a response of its own.
  response& with_header(std::string name, std::string value);

  /// The octets to send, with Content-Length and Connection (tokens that `headers` has
  /// for Connection are kept) and, unless it is empty or `headers` have one, the Date
  /// given. Content-Length and Transfer-Encoding in `headers` are ignored. Headers put
  /// past `with_header` are checked here again: an illegal one, or a status outside
  /// 200-599, gives the octets of a 500 instead.
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
/// 307: the same request there. Browsers do not follow it for a WebSocket.
[[nodiscard]] response redirect(std::string location);
[[nodiscard]] response too_many_requests(std::chrono::seconds retry_after);
/// The answer to OPTIONS, RFC 9110 §9.3.7: 204. `allow` lists the methods, separated by
/// commas.
[[nodiscard]] response allowed_methods(std::string allow);
/// 405 with the same list.
[[nodiscard]] response method_not_allowed(std::string allow);
/// 426: this resource speaks WebSocket version 13 (RFC 6455 §4.4).
[[nodiscard]] response upgrade_required();
[[nodiscard]] response service_unavailable(std::chrono::seconds retry_after);
[[nodiscard]] response internal_server_error();
/// Any status with a text body: its reason phrase, or `why` if there is one.
[[nodiscard]] response plain_status(int status, std::string why = {});

} // namespace websock::http
