// The table of violations.

#include "websock/protocol/failure.hpp"

#include "tests/catch.hpp"

#include <set>
#include <string_view>

using namespace websock::protocol;

TEST_CASE("every violation has a close code that may be sent and names its clause",
          "[RFC6455 §7.4.1]") {
  std::set<std::string_view> reasons;
  for (int i = 1; i <= static_cast<int>(violation::truncated_deflate); ++i) {
    const failure why = describe(static_cast<violation>(i));
    CHECK(may_be_sent(why.code));
    CHECK(why.code != close_code::normal);
    CHECK((why.reason.starts_with("RFC 6455 §") || why.reason.starts_with("RFC 7692 §")));
    CHECK(reasons.insert(why.reason).second);
    CHECK(why.reason.size() <= 123);
  }
}

TEST_CASE("violations map to the close codes of RFC 6455 §7.4.1", "[RFC6455 §7.4.1]") {
  CHECK(describe(violation::reserved_bits).code == close_code::protocol_error);
  CHECK(describe(violation::frame_too_big).code == close_code::message_too_big);
  CHECK(describe(violation::message_too_big).code == close_code::message_too_big);
  CHECK(describe(violation::too_many_fragments).code == close_code::policy_violation);
  CHECK(describe(violation::invalid_utf8).code == close_code::invalid_payload);
  CHECK(describe(violation::invalid_close_body).code == close_code::invalid_payload);
  CHECK(describe(violation::invalid_close_code).code == close_code::protocol_error);
  CHECK(describe(violation::compressed_control).code == close_code::protocol_error);
  CHECK(describe(violation::compressed_continuation).code == close_code::protocol_error);
  CHECK(describe(violation::corrupt_deflate).code == close_code::invalid_payload);
  CHECK(describe(violation::truncated_deflate).code == close_code::invalid_payload);
  CHECK(describe(violation::none).reason.empty());
}
