// HTTP dates, RFC 9110 §5.6.7.
#include "websock/http/date.hpp"

#include "tests/catch.hpp"

#include <chrono>
#include <string>

using namespace std::chrono;
using namespace websock::http;

namespace {

constexpr sys_seconds of_the_rfc =
    sys_days(November / 6 / 1994) + 8h + 49min + 37s; // the moment that it prints

} // namespace

TEST_CASE("a date is sent in the form of RFC 5322, in GMT", "[RFC9110 §5.6.7]") {
  CHECK(format_date(of_the_rfc) == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(format_date(sys_seconds{}) == "Thu, 01 Jan 1970 00:00:00 GMT");
  CHECK(format_date(sys_days(February / 29 / 2000) + 23h + 59min + 59s)
        == "Tue, 29 Feb 2000 23:59:59 GMT");
  CHECK(format_date(sys_days(December / 31 / 9999)) == "Fri, 31 Dec 9999 00:00:00 GMT");
}

TEST_CASE("all three forms of a date are understood", "[RFC9110 §5.6.7]") {
  for (const char* text : {"Sun, 06 Nov 1994 08:49:37 GMT",
                           "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"})
    CHECK(parse_date(text) == of_the_rfc);
  CHECK(parse_date("Wed Nov 16 08:49:37 1994") == of_the_rfc + days(10));
  CHECK(parse_date("Sat, 31 Dec 2016 23:59:60 GMT") // a leap second
        == sys_days(January / 1 / 2017));
}

TEST_CASE("what has been formatted is parsed to the same moment") {
  for (auto each = sys_seconds{}; each < sys_days(January / 1 / 2100);
       each += days(97) + 3h + 7min + 11s)
    REQUIRE(parse_date(format_date(each)) == each);
}

TEST_CASE("what is no date is none", "[RFC9110 §5.6.7]") {
  for (const char* bad : {"",
                          "0",
                          "yesterday",
                          "Sun, 06 Nov 1994 08:49:37",
                          "Sun, 06 Nov 1994 08:49:37 UTC",
                          "Sun, 06 Nov 1994 08:49:37 GMT ",
                          "Sun, 6 Nov 1994 08:49:37 GMT",
                          "Sun, 32 Jan 1994 08:49:37 GMT",
                          "Sun, 30 Feb 1994 08:49:37 GMT",
                          "Sun, 06 Non 1994 08:49:37 GMT",
                          "Sun, 06 Nov 1994 24:49:37 GMT",
                          "Sun, 06 Nov 1994 08:60:37 GMT",
                          "Sun, 06 Nov 1994 08:49:61 GMT",
                          "Sun, -6 Nov 1994 08:49:37 GMT",
                          "Sun, 00 Nov 1994 08:49:37 GMT",
                          "Sun, 06 Nov -994 08:49:37 GMT",
                          "xxx, 06 Nov 1994 08:49:37 GMT",
                          "Sunday, 06",
                          "Sun Nov 6 08:49:37 1994",
                          "Sun Nov"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_date(bad));
  }
}

TEST_CASE("the value of Date is that of the second, and is made once for it",
          "[RFC9110 §6.6.1]") {
  date_header subject;
  const auto first = subject.at(of_the_rfc);
  CHECK(first == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(subject.at(of_the_rfc + 999ms).data() == first.data());
  CHECK(subject.at(of_the_rfc + 999ms) == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(subject.at(of_the_rfc + 1'000ms) == "Sun, 06 Nov 1994 08:49:38 GMT");
  CHECK(subject.at(of_the_rfc) == "Sun, 06 Nov 1994 08:49:37 GMT"); // a clock set back
}
