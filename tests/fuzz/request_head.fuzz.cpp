// Request heads: splitting one makes no difference, a parsed request is well formed, and
// every refusal is a valid response.
#include "websock/handshake/accept_key.hpp"
#include "websock/http/conditional.hpp"
#include "websock/http/date.hpp"
#include "websock/http/head_parser.hpp"
#include "websock/http/token.hpp"
#include "websock/http/upgrade.hpp"

#include "tests/fuzz/input.hpp"

#include <chrono>

namespace {

using namespace websock;
using lines = std::vector<std::string>;

constexpr http::head_limits small{
    .max_request_line = 200, .max_header_line = 200, .max_headers = 8};

std::string line_of(const http::response& response) {
  const auto octets =
      response.serialize(http::body_policy::with_body, http::connection_policy::close);
  fuzz::require(octets.starts_with("HTTP/1.1 "), "a response has a status line");
  return octets;
}

std::string line_of_upgrade(const http::request& request) {
  const auto checked = http::check_upgrade(request);
  if (const auto* refused = std::get_if<http::response>(&checked))
    return line_of(*refused);
  const auto& offer = std::get<http::upgrade_request>(checked);
  fuzz::require(request.method() == "GET" && offer.key.size() == 24,
                "only a good handshake is accepted");
  for (const auto protocol : offer.protocols)
    fuzz::require(http::is_token(protocol), "a subprotocol is a token");
  return http::switching_protocols(accept_key(offer.key));
}

// What is read as a date is written as the same date, and conditions have an outcome.
std::string line_of_conditions(const http::request& request) {
  constexpr std::chrono::sys_days end_of_dates{std::chrono::January / 1 / 10'000};
  for (const auto& [name, value] : request.headers()) {
    const auto date = http::parse_date(value);
    fuzz::require(!date || *date >= end_of_dates
                      || http::parse_date(http::format_date(*date)) == date,
                  "a date is the same when it is written and read again");
  }
  const http::validators current{.etag = "\"a\"", .modified = end_of_dates};
  return std::to_string(static_cast<int>(http::evaluate(request, current)));
}

std::string line_of(const http::request& request) {
  fuzz::require(request.path().starts_with('/') || request.path() == "*",
                "a path starts with a slash");
  std::string line(request.method());
  line.append(" ").append(request.target()).append(" ").append(request.path());
  for (const auto& [name, value] : request.headers()) {
    fuzz::require(http::is_token(name) && http::is_field_value(value),
                  "a header is well formed");
    line.append("\n").append(name).append(": ").append(value);
  }
  static_cast<void>(request.query("a"));
  static_cast<void>(request.keep_alive());
  return line + "\n" + line_of_conditions(request) + line_of_upgrade(request);
}

// Everything that is read, up to the first error.
lines read(const lines& pieces, http::head_limits limits) {
  http::head_parser parser(limits);
  lines out;
  for (const auto& piece : pieces) {
    std::string_view in = piece;
    while (!in.empty()) {
      const auto result = parser.feed(in);
      if (const auto* refused = std::get_if<http::response>(&result)) {
        out.push_back(line_of(*refused));
        return out;
      }
      if (const auto* request = std::get_if<http::request>(&result))
        out.push_back(line_of(*request));
    }
  }
  return out;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::input in(data, size);
  const auto limits = in.byte() % 2 == 0 ? http::head_limits{} : small;
  const auto pieces = in.pieces();
  const auto whole = read({fuzz::joined(pieces)}, limits);
  fuzz::require(whole == read(pieces, limits), "cuts make no difference to a head");
  return 0;
}
