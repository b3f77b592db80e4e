// Bodies of POSTs.
#include "websock/channels/longpoll/posted_lines.hpp"

#include "tests/catch.hpp"
#include "tests/websock/http/heads.hpp"

#include <string>
#include <vector>

namespace {

// "t" or "b" and the payload of each line; "none" if there is a line that is neither.
std::vector<std::string> lines_of(std::string body,
                                  const std::string& type = "application/x-ndjson") {
  auto request = websock::testing::request_of(
      "POST / HTTP/1.1\r\nHost: h\r\n"
      + (type.empty() ? type : "Content-Type: " + type + "\r\n") + "\r\n");
  request.set_body(std::move(body));
  const auto found = websock::channels::posted_lines(request);
  if (!found)
    return {"none"};
  std::vector<std::string> all;
  for (const auto& each : *found)
    all.push_back((each.opcode() == websock::protocol::opcode::text ? "t" : "b")
                  + std::string(each.payload()));
  return all;
}

using lines = std::vector<std::string>;

} // namespace

TEST_CASE("a line is text if it begins with a bracket, and else base64") {
  CHECK(lines_of("[1]") == lines{"t[1]"});
  CHECK(lines_of("[1]\nAGE=\r\n[2]\n") == lines{"t[1]", std::string("b\0a", 3), "t[2]"});
  CHECK(lines_of("[1]", "Application/X-NDJSON; charset=utf-8") == lines{"t[1]"});
  CHECK(lines_of("") == lines{"b"});
  CHECK(lines_of("[1]\n\n[2]") == lines{"t[1]", "b", "t[2]"});
  CHECK(lines_of("[1]\n{}") == lines{"none"});
}

TEST_CASE("a body of another type is one text") {
  CHECK(lines_of("{}\n[1]", "") == lines{"t{}\n[1]"});
  CHECK(lines_of("AA==", "application/json") == lines{"tAA=="});
  CHECK(lines_of("", "application/x-ndjson2") == lines{"t"});
}

TEST_CASE("lines beyond a hundred are not looked at") {
  std::string body;
  for (int i = 0; i < 100; ++i)
    body += "[]\n";
  CHECK(lines_of(body).size() == 100);
  CHECK(lines_of(body + "no base64!").size() == 100);
}
