// Tokens of sessions.
#include "websock/channels/longpoll/session_tokens.hpp"

#include "tests/catch.hpp"

#include <chrono>
#include <string>

using namespace std::chrono_literals;
using websock::channels::session_tokens;

namespace {

constexpr session_tokens::time now{1'800'000'000s};
const std::string secret(32, 's');
const session_tokens tokens(secret, "/socket");

} // namespace

TEST_CASE("a token tells its session, for 14 days") {
  const auto token = tokens.issue("abc", now);
  CHECK(tokens.session_of(token, now) == "abc");
  CHECK(tokens.session_of(token, now + 14 * 24h) == "abc");
  CHECK_FALSE(tokens.session_of(token, now + 14 * 24h + 1s));
}

// The digest of the text "/socket\nabc.1800000000" by another implementation.
TEST_CASE("a token is signed with HMAC-SHA256") {
  CHECK(tokens.issue("abc", now)
        == "abc.1800000000.St6_eKdQwa0hMuy0UbJqmlsKNKCvIwHsgSEbRxxQ_Hw");
}

TEST_CASE("what was not issued with this secret for this path is no token") {
  const auto token = tokens.issue("abc", now);
  for (std::size_t i = 0; i < token.size(); ++i) {
    auto forged = token;
    forged[i] = forged[i] == 'x' ? 'y' : 'x';
    CHECK_FALSE(tokens.session_of(forged, now));
    CHECK_FALSE(tokens.session_of(token.substr(0, i), now));
  }
  CHECK_FALSE(tokens.session_of(token + "A", now));
  CHECK_FALSE(tokens.session_of("..", now));
  CHECK_FALSE(session_tokens(secret, "/other").session_of(token, now));
  CHECK_FALSE(session_tokens(std::string(32, 't'), "/socket").session_of(token, now));
  CHECK_FALSE(session_tokens("/socket").session_of(token, now));
}

TEST_CASE("names of sessions and random secrets differ") {
  CHECK(session_tokens::new_session() != session_tokens::new_session());
  CHECK(session_tokens::new_session().size() == 22);
  CHECK(session_tokens("/socket").issue("abc", now)
        != session_tokens("/socket").issue("abc", now));
}
