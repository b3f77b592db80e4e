// Tokens that Erlang's crypto has made in Phoenix's format, and our own.
#include "websock/phoenix/token/token.hpp"

#include "tests/catch.hpp"

#include <stdexcept>
#include <string>
#include <string_view>

namespace etf = websock::runtime::etf;
namespace phoenix = websock::phoenix;

using namespace std::chrono_literals;
using phoenix::token;
using phoenix::token_error;

namespace {

constexpr auto secret = "a secret of at least twenty octets";
constexpr auto salt = "user socket";
const token::time signed_at{1'700'000'000s};

// term_to_binary({<<"ada">>, 1700000000000, 86400})
const std::string ada = "SFMyNTY.g2gDbQAAAANhZGFuBgAAaOXPiwFiAAFRgA."
                        "LGI3rgU2sTa6yoevW4Ny2UNPQHSCU3_gPtTkrC4HzrA";
// {#{id => 7}, 1700000000000, infinity}
const std::string forever = "SFMyNTY.g2gDdAAAAAFkAAJpZGEHbgYAAGjlz4sBZAAIaW5maW5pdHk."
                            "wW2856ZbvHrnrKM-aP_6oZIyVmzALG3YHYRaCkeZziU";
// {7, 1700000000000}
const std::string of_two =
    "SFMyNTY.g2gCYQduBgAAaOXPiwE.zfPPAHkszJQXSUbB7kfew61qJHx3zxUQQH0sBoubBUc";
// [wrong]
const std::string signed_nonsense =
    "SFMyNTY.g2wAAAABZAAFd3Jvbmdq.MrPy2_uc4yw3ps-_LFaV4wYsz-P0m49tznklGlhuyHM";
// The first, with a key of 10 rounds, 64 octets and SHA-512.
const std::string other_key = "SFMyNTY.g2gDbQAAAANhZGFuBgAAaOXPiwFiAAFRgA."
                              "Rdj5M9zw4Ujv38OVdp0PabAlGOqZeQuwVpd6tlGF4ig";

[[nodiscard]] std::string outcome(const token& by, std::string_view text,
                                  token::time now) {
  const auto result = by.verify(text, now);
  if (const auto* why = std::get_if<token_error>(&result))
    return std::string(to_string(*why));
  return to_string(std::get<etf::value>(result));
}

} // namespace

TEST_CASE("what Erlang has signed is verified, until it is too old") {
  const token all(secret, salt);
  CHECK(outcome(all, ada, signed_at + 24h) == R"(<<"ada">>)");
  CHECK(outcome(all, ada, signed_at + 24h + 1ms) == "expired");
  CHECK(outcome(all, of_two, signed_at) == "7");
  CHECK(outcome(all, of_two, signed_at + 24h + 1ms) == "expired");
  CHECK(outcome(all, forever, signed_at + 24'000h) == "#{id => 7}");
  CHECK(outcome(token(secret, salt, {.max_age = 60s}), forever, signed_at + 61s)
        == "expired");
  CHECK(outcome(token(secret, salt,
                      {.key_iterations = 10,
                       .key_length = 64,
                       .key_digest = phoenix::token_digest::sha512}),
                other_key, signed_at)
        == R"(<<"ada">>)");
}

TEST_CASE("a token is made as Erlang makes it, save that newer forms of terms are used") {
  const token all(secret, salt);
  CHECK(all.sign(etf::binary{"ada"}, signed_at) == ada);
  const token endless(secret, salt, {.max_age = std::chrono::seconds::max()});
  CHECK(outcome(all, endless.sign(etf::atom{"x"}, signed_at), signed_at + 24'000h)
        == "x");
}

TEST_CASE("a token that is cut, changed or of another salt is invalid") {
  const token all(secret, salt);
  CHECK(outcome(all, "", signed_at) == "missing");
  CHECK(outcome(all, signed_nonsense, signed_at) == "invalid");
  CHECK(outcome(all, other_key, signed_at) == "invalid");
  CHECK(outcome(token(secret, "other"), ada, signed_at) == "invalid");
  CHECK(outcome(token(secret, salt, {.max_octets = 64}), ada, signed_at) == "invalid");
  for (std::size_t size = 1; size < ada.size(); ++size)
    CHECK(outcome(all, ada.substr(0, size), signed_at) == "invalid");
  for (std::size_t i = 0; i + 1 < ada.size(); ++i) { // bits of the last are unused
    auto changed = ada;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    CHECK(outcome(all, changed, signed_at) == "invalid");
  }
}

TEST_CASE("a short secret and options out of range are refused") {
  CHECK_THROWS_AS(token("short", salt), std::invalid_argument);
  CHECK_THROWS_AS(token(secret, salt, {.key_iterations = 0}), std::invalid_argument);
  CHECK_THROWS_AS(token(secret, salt, {.key_length = 0}), std::invalid_argument);
  CHECK_THROWS_AS(token(secret, salt, {.max_age = -1s}), std::invalid_argument);
  CHECK_THROWS_AS(token(secret, salt, {.max_octets = 1}), std::invalid_argument);
}
