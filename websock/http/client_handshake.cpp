// The request of a client and the checks of the answer.
#include "websock/http/client_handshake.hpp"

#include "websock/http/token.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <stdexcept>

namespace websock::http {

namespace {

constexpr std::array<std::string_view, 9> own_headers{
    "Host",
    "Upgrade",
    "Connection",
    "Sec-WebSocket-Key",
    "Sec-WebSocket-Version",
    "Sec-WebSocket-Protocol",
    "Sec-WebSocket-Extensions",
    "Content-Length",     // a handshake has no body
    "Transfer-Encoding"}; // likewise

[[nodiscard]] bool is_own(std::string_view name) {
  return std::any_of(
      own_headers.begin(), own_headers.end(),
      [name](std::string_view each) { return equal_ignoring_case(each, name); });
}

void append(std::string& out, std::string_view name, std::string_view value) {
  if (!is_token(name) || !is_field_value(value))
    throw std::invalid_argument(
        std::string("RFC 9110 §5.1: illegal header ").append(name));
  out.append(name).append(": ").append(value).append("\r\n");
}

// RFC 6455 §4.1(10): tokens, all different.
[[nodiscard]] std::string list_of(const std::vector<std::string>& protocols) {
  std::string list;
  for (auto at = protocols.begin(); at != protocols.end(); ++at) {
    if (!is_token(*at) || std::find(protocols.begin(), at, *at) != at)
      throw std::invalid_argument("RFC 6455 §4.1: subprotocols must be tokens, and all "
                                  "different: \""
                                  + *at + '"');
    list.append(list.empty() ? "" : ", ").append(*at);
  }
  return list;
}

// RFC 6455 §4.1(6), at the end: a subprotocol that was not offered fails the connection.
[[nodiscard]] std::optional<bad_response>
check_protocol(const response_head& answer, const client_offer& offer, switched& into) {
  const auto chosen = answer.values("Sec-WebSocket-Protocol");
  if (chosen.empty())
    return std::nullopt;
  const auto found = std::find(offer.protocols.begin(), offer.protocols.end(), chosen[0]);
  if (chosen.size() > 1 || found == offer.protocols.end())
    return bad_response{"RFC 6455 §4.1: a subprotocol that was not offered"};
  into.protocol = *found;
  return std::nullopt;
}

[[nodiscard]] std::string_view name_of(std::string_view extension) {
  return trim(extension.substr(0, extension.find(';')));
}

// RFC 6455 §4.1(5), at the end: likewise an extension. Its parameters are for whoever
// offered it.
[[nodiscard]] std::optional<bad_response>
check_extensions(const response_head& answer, const client_offer& offer, switched& into) {
  for (std::string_view list : answer.values("Sec-WebSocket-Extensions")) {
    while (const auto chosen = take_list_element(list)) {
      bool is_offered = false;
      std::string_view offered = offer.extensions;
      while (const auto each = take_list_element(offered))
        is_offered |= name_of(*each) == name_of(*chosen);
      if (!is_offered)
        return bad_response{"RFC 6455 §4.1: an extension that was not offered"};
      into.extensions.push_back(*chosen);
    }
  }
  return std::nullopt;
}

} // namespace

std::string opening_request(const url& to, const client_offer& offer) {
  std::string out = "GET " + to.target + " HTTP/1.1\r\n";
  append(out, "Host", to.authority());
  append(out, "Upgrade", "websocket");
  append(out, "Connection", "Upgrade");
  append(out, "Sec-WebSocket-Key", offer.key);
  append(out, "Sec-WebSocket-Version", "13");
  if (!offer.protocols.empty())
    append(out, "Sec-WebSocket-Protocol", list_of(offer.protocols));
  if (!offer.extensions.empty())
    append(out, "Sec-WebSocket-Extensions", offer.extensions);
  for (const auto& [name, value] : offer.headers) {
    if (is_own(name))
      throw std::invalid_argument("the header " + name
                                  + " belongs to the handshake itself");
    append(out, name, value);
  }
  return out.append("\r\n");
}

std::variant<switched, bad_response> check_switching(const response_head& answer,
                                                     const client_offer& offer,
                                                     std::string_view accept) {
  const auto upgrades = answer.values("Upgrade");
  if (upgrades.size() != 1 || !equal_ignoring_case(upgrades[0], "websocket"))
    return bad_response{"RFC 6455 §4.1: Upgrade is not \"websocket\""};
  if (!answer.has_token("Connection", "Upgrade"))
    return bad_response{"RFC 6455 §4.1: Connection is not \"Upgrade\""};
  const auto accepts = answer.values("Sec-WebSocket-Accept");
  if (accepts.size() != 1 || accepts[0] != accept)
    return bad_response{"RFC 6455 §4.1: Sec-WebSocket-Accept does not fit the key"};
  switched agreed;
  if (const auto bad = check_extensions(answer, offer, agreed))
    return *bad;
  if (const auto bad = check_protocol(answer, offer, agreed))
    return *bad;
  return agreed;
}

} // namespace websock::http
