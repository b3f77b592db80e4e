// URLs: a parsed URL prints as one that parses the same, and it fits into a request.
#include "websock/http/url.hpp"

#include "websock/http/client_handshake.hpp"
#include "websock/http/head_parser.hpp"
#include "websock/http/redirect.hpp"

#include "tests/fuzz/input.hpp"

namespace {

using namespace websock;

// What a client asks for is what a server reads.
void check_request(const http::url& url) {
  const auto octets =
      http::opening_request(url, {"dGhlIHNhbXBsZSBub25jZQ==", {}, {}, {}});
  http::head_parser parser(
      {.max_request_line = 1U << 20U, .max_header_line = 1U << 20U, .max_headers = 50});
  std::string_view in = octets;
  const auto result = parser.feed(in);
  const auto* request = std::get_if<http::request>(&result);
  fuzz::require(request != nullptr && in.empty(), "the request is one head");
  fuzz::require(request->target() == url.target, "the server is asked for the target");
  fuzz::require(request->header("Host") == url.authority(), "Host is the authority");
}

// Wherever a redirect leads is a URL that a client may ask for.
void check_redirect(const http::url& from, std::string_view location) {
  const auto to = http::redirected(from, location);
  if (const auto* next = std::get_if<http::url>(&to)) {
    fuzz::require(next->is_secure || !from.is_secure, "wss never becomes ws");
    check_request(*next);
  }
  static_cast<void>(http::redirected(from, location.substr(location.size() / 2)));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::input in(data, size);
  const auto text = in.text(size);
  const auto shown = http::without_secrets(text);
  fuzz::require(shown.size() < text.size() + 8,
                "what is shown is no longer than the text");
  const auto parsed = http::parse_url(text);
  const auto* url = std::get_if<http::url>(&parsed);
  if (url == nullptr)
    return 0;
  fuzz::require(!url->host.empty() && url->port != 0, "a URL names a host and a port");
  fuzz::require(url->target.starts_with('/'), "a target starts with a slash");
  const auto again = http::parse_url(to_string(*url));
  fuzz::require(std::holds_alternative<http::url>(again)
                    && std::get<http::url>(again) == *url,
                "what is printed is read as the same");
  check_redirect(*url, text);
  check_request(*url);
  return 0;
}
