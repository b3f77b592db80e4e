// URLs: what is read prints as a URL that is read as the same, and fits into a request.
#include "websock/http/url.hpp"

#include "websock/http/client_handshake.hpp"
#include "websock/http/head_parser.hpp"

#include "tests/fuzz/input.hpp"

namespace {

using namespace websock;

std::string printed(const http::url& url) {
  return (url.is_secure ? "wss://" : "ws://") + url.authority() + url.target;
}

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

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::input in(data, size);
  const auto url = http::parse_url(in.text(size));
  if (!url)
    return 0;
  fuzz::require(!url->host.empty() && url->port != 0, "a URL names a host and a port");
  fuzz::require(url->target.starts_with('/'), "a target starts with a slash");
  fuzz::require(http::parse_url(printed(*url)) == url,
                "what is printed is read as the same");
  check_request(*url);
  return 0;
}
