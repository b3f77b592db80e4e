// Responses to a client's handshake: splitting one makes no difference, a parsed head is
// well formed, and the client agrees only to what it offered.
#include "websock/http/response_head.hpp"

#include "websock/handshake/accept_key.hpp"
#include "websock/http/client_handshake.hpp"
#include "websock/http/token.hpp"

#include "tests/fuzz/input.hpp"

#include <algorithm>

namespace {

using namespace websock;
using lines = std::vector<std::string>;

const http::client_offer offer{
    "dGhlIHNhbXBsZSBub25jZQ==", {"chat", "talk"}, "permessage-deflate; x=1", {}};

std::string line_of_switch(const http::response_head& head) {
  const auto checked = http::check_switching(head, offer, accept_key(offer.key));
  if (const auto* bad = std::get_if<http::bad_response>(&checked))
    return std::string(bad->why);
  const auto& agreed = std::get<http::switched>(checked);
  const auto& offered = offer.protocols;
  fuzz::require(agreed.protocol.empty()
                    || std::find(offered.begin(), offered.end(), agreed.protocol)
                           != offered.end(),
                "a subprotocol is one of those offered");
  for (const auto extension : agreed.extensions)
    fuzz::require(
        http::equal_ignoring_case(extension.substr(0, 18), "permessage-deflate"),
        "an extension is one of those offered");
  return "agreed on " + std::string(agreed.protocol);
}

std::string line_of(const http::response_head& head) {
  fuzz::require(head.status >= 100 && head.status <= 599, "a status has three digits");
  fuzz::require(http::is_field_value(head.reason), "a reason is one line");
  std::string line = std::to_string(head.status) + " " + head.reason;
  for (const auto& [name, value] : head.headers) {
    fuzz::require(http::is_token(name) && http::is_field_value(value),
                  "a header is well formed");
    line.append("\n").append(name).append(": ").append(value);
  }
  return line + "\n" + line_of_switch(head);
}

// Everything up to the first error or final head, and what is left behind that head.
lines read(const lines& pieces, std::size_t limit) {
  http::response_head_parser parser(limit);
  lines out;
  std::size_t used = 0;
  for (const auto& piece : pieces) {
    std::string_view in = piece;
    while (!in.empty()) {
      const auto before = in.size();
      const auto result = parser.feed(in);
      used += before - in.size();
      fuzz::require(used <= limit, "no more is read than the limit");
      if (const auto* bad = std::get_if<http::bad_response>(&result)) {
        out.emplace_back(bad->why);
        return out;
      }
      const auto* head = std::get_if<http::response_head>(&result);
      if (head == nullptr)
        continue;
      out.push_back(line_of(*head));
      if (head->status >= 200 || head->status == 101) {
        out.push_back(std::to_string(used));
        return out;
      }
    }
  }
  return out;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::input in(data, size);
  const std::size_t limit = in.byte() % 2 == 0 ? 16'384 : 128;
  const auto pieces = in.pieces();
  const auto whole = read({fuzz::joined(pieces)}, limit);
  fuzz::require(whole == read(pieces, limit), "cuts make no difference to an answer");
  return 0;
}
