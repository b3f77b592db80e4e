// Request bodies: splitting one makes no difference, no more than the limit comes out,
// and what is a form or a cookie is taken apart without harm.
#include "websock/http/body_parser.hpp"
#include "websock/http/cookie.hpp"
#include "websock/http/form.hpp"

#include "tests/fuzz/input.hpp"

#include <stdexcept>
#include <variant>

namespace {

using namespace websock;
using lines = std::vector<std::string>;

constexpr http::body_limits small{
    .max_size = 300,
    .trailers = {.max_request_line = 16, .max_header_line = 60, .max_headers = 4}};

http::request head_of(bool is_chunked) {
  http::head_parser parser;
  std::string_view in =
      is_chunked ? "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                 : "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 200\r\n\r\n";
  return std::get<http::request>(parser.feed(in));
}

struct outcome {
  std::string body;
  std::string end = "more";
  std::string rest;
  friend bool operator==(const outcome&, const outcome&) = default;
};

outcome read(const lines& pieces, const http::request& head) {
  http::body_parser parser(head, small);
  outcome got;
  for (const auto& piece : pieces) {
    std::string_view in = piece;
    while (got.end == "more") {
      const auto result = parser.next(in);
      if (std::holds_alternative<http::need_more>(result))
        break;
      if (const auto* data = std::get_if<http::body_data>(&result)) {
        fuzz::require(!data->octets.empty(), "data is not empty");
        got.body += data->octets;
      } else if (const auto* refused = std::get_if<http::response>(&result)) {
        fuzz::require(refused->status >= 400 && refused->status < 500,
                      "a refusal is 4xx");
        got.end = refused->body;
        return got; // how much was looked at depends on the cuts
      } else {
        got.end = "end";
      }
    }
    fuzz::require(got.end == "end" || in.empty(), "all input is looked at");
    got.rest += in;
  }
  fuzz::require(got.body.size() <= small.max_size, "no more than the limit comes out");
  return got;
}

void take_apart(const std::string& text) {
  if (const auto form = http::parse_form(text))
    fuzz::require(form->as_fields() != nullptr, "a form has names");
  const auto found = http::find_cookie(text, "a");
  fuzz::require(!found || found->find(';') == std::string_view::npos,
                "a cookie ends at a semicolon");
  try {
    const auto header = http::set_cookie({.name = "a", .value = text});
    fuzz::require(http::find_cookie(header, "a") == text, "what is set is read again");
  } catch (const std::invalid_argument&) { // not the value of a cookie
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::input in(data, size);
  const auto head = head_of(in.byte() % 2 == 0);
  const auto pieces = in.pieces();
  const auto whole = fuzz::joined(pieces);
  fuzz::require(read({whole}, head) == read(pieces, head),
                "cuts make no difference to a body");
  take_apart(whole);
  return 0;
}
