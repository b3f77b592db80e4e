// Builds the client's request and checks the answer.
#include "websock/http/client_handshake.hpp"

#include "websock/http/handshake_header.hpp"
#include "websock/http/token.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>

namespace websock::http {

namespace {

// RFC 6455 §4.1(10): tokens, all different.
[[nodiscard]] std::string list_of(const std::vector<std::string>& protocols) {
  std::string list;
  for (auto each = protocols.begin(); each != protocols.end(); ++each) {
    if (!is_token(*each) || std::find(protocols.begin(), each, *each) != each)
      throw std::invalid_argument("RFC 6455 §4.1: subprotocols must be tokens, and all "
                                  "different: \""
                                  + *each + '"');
    list.append(list.empty() ? "" : ", ").append(*each);
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

// RFC 6455 §4.1(5), at the end: so does an extension that was not offered. The code that
// offered it checks its parameters.
[[nodiscard]] std::optional<bad_response>
check_extensions(const response_head& answer, const client_offer& offer, switched& into) {
  for (std::string_view list : answer.values("Sec-WebSocket-Extensions")) {
    while (const auto chosen = take_list_element(list)) {
      bool is_offered = false;
      std::string_view offered = offer.extensions;
      while (const auto each = take_list_element(offered))
        is_offered |= equal_ignoring_case(name_of(*each), name_of(*chosen));
      if (!is_offered)
        return bad_response{"RFC 6455 §4.1: an extension that was not offered"};
      into.extensions.push_back(*chosen);
    }
  }
  return std::nullopt;
}

} // namespace

std::string opening_request(const url& server, const client_offer& offer) {
  std::string out = "GET " + server.target + " HTTP/1.1\r\n";
  append_header(out, "Host", server.authority());
  append_header(out, "Upgrade", "websocket");
  append_header(out, "Connection", "Upgrade");
  append_header(out, "Sec-WebSocket-Key", offer.key);
  append_header(out, "Sec-WebSocket-Version", "13");
  if (!offer.protocols.empty())
    append_header(out, "Sec-WebSocket-Protocol", list_of(offer.protocols));
  if (!offer.extensions.empty())
    append_header(out, "Sec-WebSocket-Extensions", offer.extensions);
  for (const auto& [name, value] : offer.headers) {
    if (equal_ignoring_case(name, "Host") || is_handshake_header(name))
      throw std::invalid_argument("the header " + name
                                  + " belongs to the handshake itself");
    append_header(out, name, value);
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
