// Which close codes are allowed on the wire, RFC 6455 §7.4.

#include "websock/protocol/close_code.hpp"

#include "tests/catch.hpp"

using namespace websock::protocol;

TEST_CASE("exactly 1000-1003, 1007-1014 and 3000-4999 may be received and sent",
          "[RFC6455 §7.4]") {
  for (unsigned number = 0; number <= 0xFFFF; ++number) {
    const bool legal = (number >= 1000 && number <= 1003)
                       || (number >= 1007 && number <= 1014)
                       || (number >= 3000 && number <= 4999);
    const auto code = static_cast<close_code>(number);
    if (may_be_received(code) != legal || may_be_sent(code) != legal)
      FAIL("close code " << number);
  }
}

TEST_CASE("the codes that only describe an absence are not for the wire",
          "[RFC6455 §7.4]") {
  CHECK_FALSE(may_be_sent(close_code::no_status));
  CHECK_FALSE(may_be_sent(close_code::abnormal));
  CHECK(may_be_sent(close_code::bad_gateway));
}
