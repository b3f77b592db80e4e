// Reason phrases.

#include "websock/http/status.hpp"

#include "tests/catch.hpp"

using namespace websock::http;

TEST_CASE("statuses have the phrases of RFC 9110", "[RFC9110 §15]") {
  CHECK(reason_phrase(200) == "OK");
  CHECK(reason_phrase(426) == "Upgrade Required");
  CHECK(reason_phrase(431) == "Request Header Fields Too Large");
  CHECK(reason_phrase(505) == "HTTP Version Not Supported");
  CHECK(reason_phrase(299) == "Unknown");
}
