// Refused origins: what is logged about them, and how often.
#include "websock/handshake/refused_origins.hpp"

#include "tests/catch.hpp"
#include "tests/websock/http/heads.hpp"

#include <string>

using websock::refused_origins;
using websock::testing::request_of;

namespace {

[[nodiscard]] websock::http::request page_of(const std::string& origin) {
  return request_of("GET / HTTP/1.1\r\nHost: a:4000\r\nOrigin: " + origin + "\r\n\r\n");
}

} // namespace

TEST_CASE("each refused origin is told once, and only a hundred of them") {
  refused_origins subject;
  int lines = 0;
  std::string last;
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 150; ++i) {
      const auto page = page_of("https://" + std::to_string(i) + ".example");
      if (const auto line = subject.note(page)) {
        ++lines;
        last = *line;
      }
      CHECK_FALSE(subject.note(page));
    }
  }
  CHECK(lines == 100);
  CHECK(last
        == "origin https://99.example is refused at a:4000: "
           "websock::http::origins({\"https://99.example\"}) as upgrade_options::origin "
           "would let it in; further origins are only counted");
  CHECK(subject.count() == 600);
}

TEST_CASE("no list lets in who sends two origins, and nobody is told to write one") {
  refused_origins subject;
  CHECK(subject.note(page_of("https://a\r\nOrigin: https://b"))
        == "origin https://a is refused at a:4000: it is not the only one");
}

TEST_CASE("an origin of ten thousand octets makes a short line") {
  refused_origins subject;
  const auto line = subject.note(page_of(std::string(9'000, 'x')));
  REQUIRE(line);
  CHECK(line->size() < 500);
  CHECK(*line
        == "origin " + std::string(200, 'x')
               + "... is refused at a:4000: it is none that could be listed");
  CHECK_FALSE(subject.note(page_of(std::string(9'001, 'x'))));
  CHECK(subject.count() == 2);
}
