// Checks the opening handshake and builds the 101 response.

#include "websock/http/upgrade.hpp"

#include "websock/http/handshake_header.hpp"
#include "websock/http/token.hpp"

#include <algorithm>

namespace websock::http {

namespace {

using refusal = std::optional<response>;

constexpr std::string_view base64_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// Enough for a response without headers from the application (bench: churn).
constexpr std::size_t usual_response = 232;

bool is_base64_digit(char c) noexcept {
  return base64_digits.find(c) != std::string_view::npos;
}

// RFC 6455 §4.2.1(5): base64 of 16 octets, which is 22 digits, the last with only two
// significant bits (RFC 4648 §3.5), and two padding characters.
bool is_key(std::string_view text) noexcept {
  if (text.size() != 24 || !text.ends_with("=="))
    return false;
  const std::string_view digits = text.substr(0, 22);
  return std::all_of(digits.begin(), digits.end(), is_base64_digit)
         && base64_digits.find(digits.back()) % 16 == 0;
}

refusal check_method(const request& request) {
  // RFC 9110 §9.3.2: HEAD is treated like GET unless it asks for the upgrade.
  if (!wants_upgrade(request)
      && (request.method() == "GET" || request.method() == "HEAD"))
    return upgrade_required();
  // RFC 6455 §4.1(2): the method must be GET.
  if (request.method() != "GET")
    return method_not_allowed("GET");
  // RFC 9110 §7.8: an upgrade in HTTP/1.0 must be ignored, so no version can be
  // negotiated.
  if (request.version_minor() < 1)
    return bad_request("RFC 6455 §4.1: WebSocket needs HTTP/1.1");
  if (!request.header("Host"))
    return bad_request("RFC 6455 §4.2.1: Host is missing");
  // The first frame follows the head; a body would be mistaken for it.
  if (request.has_body())
    return bad_request("RFC 6455 §4.1: a handshake has no body");
  return std::nullopt;
}

refusal check_version(const request& request) {
  const auto versions = request.header_values("Sec-WebSocket-Version");
  if (versions.size() != 1)
    return bad_request("RFC 6455 §4.2.1: one Sec-WebSocket-Version is needed");
  // RFC 6455 §4.4: the response to another version lists the supported ones.
  if (versions[0] != "13")
    return upgrade_required();
  return std::nullopt;
}

refusal check_key(const request& request) {
  const auto keys = request.header_values("Sec-WebSocket-Key");
  if (keys.size() != 1 || !is_key(keys[0]))
    return bad_request("RFC 6455 §4.2.1: one Sec-WebSocket-Key of 16 octets is needed");
  return std::nullopt;
}

std::vector<std::string_view> list_of(const request& request, std::string_view name) {
  std::vector<std::string_view> elements;
  for (std::string_view list : request.header_values(name)) {
    while (const auto element = take_list_element(list))
      elements.push_back(*element);
  }
  return elements;
}

// RFC 6455 §4.1(10): at least one, each a token, no duplicates; subprotocols are
// case-sensitive.
refusal check_protocols(const request& request) {
  auto protocols = list_of(request, "Sec-WebSocket-Protocol");
  if (protocols.empty())
    return request.header("Sec-WebSocket-Protocol")
               ? refusal(bad_request("RFC 6455 §4.1: a Sec-WebSocket-Protocol is empty"))
               : std::nullopt;
  if (!std::all_of(protocols.begin(), protocols.end(), is_token))
    return bad_request("RFC 6455 §4.1: a subprotocol is a token");
  std::sort(protocols.begin(), protocols.end());
  if (std::adjacent_find(protocols.begin(), protocols.end()) != protocols.end())
    return bad_request("RFC 6455 §4.1: a subprotocol is offered twice");
  return std::nullopt;
}

} // namespace

std::optional<std::string_view>
select_subprotocol(std::span<const std::string> spoken,
                   std::span<const std::string_view> offered) noexcept {
  for (const std::string_view each : spoken)
    if (std::find(offered.begin(), offered.end(), each) != offered.end())
      return each;
  return std::nullopt;
}

bool wants_upgrade(const request& request) noexcept {
  return request.has_token("Upgrade", "websocket")
         && request.has_token("Connection", "Upgrade");
}

std::variant<upgrade_request, response> check_upgrade(const request& request) {
  for (const auto check : {check_method, check_version, check_key, check_protocols}) {
    if (auto refused = check(request))
      return *std::move(refused);
  }
  return upgrade_request{*request.header("Sec-WebSocket-Key"),
                         list_of(request, "Sec-WebSocket-Protocol"),
                         list_of(request, "Sec-WebSocket-Extensions")};
}

// RFC 6455 §4.2.2(5).
std::string
switching_protocols(std::string_view accept, std::optional<std::string_view> protocol,
                    std::span<const std::pair<std::string, std::string>> extra,
                    std::string_view date) {
  std::string out;
  out.reserve(usual_response);
  out += "HTTP/1.1 101 Switching Protocols\r\n";
  if (!date.empty())
    append_header(out, "Date", date);
  append_header(out, "Upgrade", "websocket");
  append_header(out, "Connection", "Upgrade");
  append_header(out, "Sec-WebSocket-Accept", accept);
  if (protocol)
    append_header(out, "Sec-WebSocket-Protocol", *protocol);
  for (const auto& [name, value] : extra)
    append_header(out, name, value);
  return out.append("\r\n");
}

} // namespace websock::http
