// The header `traceparent`. https://www.w3.org/TR/trace-context/
#include "websock/telemetry/trace_context.hpp"

#include "websock/http/head_parser.hpp"

#include "tests/catch.hpp"

#include <string>
#include <variant>

using websock::parse_traceparent;
using websock::trace_context;

namespace {

const std::string trace = "0af7651916cd43dd8448eb211c80319c";
const std::string parent = "b7ad6b7169203331";
const std::string usual = "00-" + trace + "-" + parent + "-01";

[[nodiscard]] websock::http::request request_with(const std::string& headers) {
  websock::http::head_parser parser;
  const std::string text = "GET / HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n";
  std::string_view in = text;
  return std::get<websock::http::request>(parser.feed(in));
}

} // namespace

TEST_CASE("a traceparent names the trace, the parent and whether it is sampled") {
  const auto read = parse_traceparent(usual);
  REQUIRE(read);
  CHECK(*read == trace_context{trace, parent, 1});
  CHECK(read->is_sampled());
  CHECK(to_traceparent(*read) == usual);
}

TEST_CASE("a traceparent with other flags is not sampled unless the first bit is set") {
  const auto read = parse_traceparent("00-" + trace + "-" + parent + "-fe");
  REQUIRE(read);
  CHECK_FALSE(read->is_sampled());
  CHECK(to_traceparent(*read) == "00-" + trace + "-" + parent + "-fe");
}

TEST_CASE("a traceparent of a later version may be longer, behind a hyphen") {
  CHECK(parse_traceparent("cc-" + trace + "-" + parent + "-01"));
  CHECK(parse_traceparent("cc-" + trace + "-" + parent + "-01-more"));
  CHECK_FALSE(parse_traceparent("cc-" + trace + "-" + parent + "-01more"));
  CHECK_FALSE(parse_traceparent(usual + "-more"));
}

TEST_CASE("a malformed traceparent counts as none") {
  for (std::size_t size = 0; size < usual.size(); ++size)
    CHECK_FALSE(parse_traceparent(usual.substr(0, size)));
  for (std::size_t at = 0; at < usual.size(); ++at) {
    auto broken = usual;
    broken[at] = 'G';
    CHECK_FALSE(parse_traceparent(broken));
    broken[at] = 'A'; // upper case is not allowed
    CHECK_FALSE(parse_traceparent(broken));
  }
  CHECK_FALSE(parse_traceparent("ff-" + trace + "-" + parent + "-01"));
  CHECK_FALSE(parse_traceparent("00-" + std::string(32, '0') + "-" + parent + "-01"));
  CHECK_FALSE(parse_traceparent("00-" + trace + "-" + std::string(16, '0') + "-01"));
}

TEST_CASE("the trace of a request is that of its only traceparent") {
  CHECK(websock::trace_of(request_with("traceparent: " + usual + "\r\n"))
        == trace_context{trace, parent, 1});
  CHECK_FALSE(websock::trace_of(request_with("")));
  CHECK_FALSE(websock::trace_of(
      request_with("traceparent: " + usual + "\r\ntraceparent: " + usual + "\r\n")));
}
