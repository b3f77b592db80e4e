// Converting terms to CAF messages and back.
#include "websock/runtime/interop/caf_term.hpp"

#include "websock/runtime/term/access.hpp"

#include "tests/catch.hpp"

#include <caf/all.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace runtime = websock::runtime;

using runtime::term;
using runtime::detail::to_message;
using runtime::detail::to_term;

namespace {

/// Declared to CAF below.
struct declared {
  int value = 0;
  friend bool operator==(const declared&, const declared&) = default;
};

/// CAF has never heard of it.
struct local {
  int value = 0;
  friend bool operator==(const local&, const local&) = default;
};

} // namespace

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(declared)

TEST_CASE("a term comes back from a CAF message as itself, not as a copy") {
  for (const term& each : {term(1), term("text"), term(local{3}), term(1, "a", local{2}),
                           term(std::vector<local>{{1}})}) {
    CAPTURE(to_string(each));
    CHECK(runtime::detail::access::box(to_term(to_message(each)))
          == runtime::detail::access::box(each));
  }
}

TEST_CASE("a CAF behaviour matches a term by the types of its elements") {
  std::string seen;
  caf::behavior behavior{
      [&](int value) { seen = "int " + std::to_string(value); },
      [&](const std::string& value) { seen = "text " + value; },
      [&](std::int64_t value, const std::string& text) {
        seen = "int64 " + std::to_string(value) + " text " + text;
      },
      [&](const declared& value) { seen = "declared " + std::to_string(value.value); },
      [&](bool value, double other, declared value2) {
        seen =
            std::to_string(value) + std::to_string(other) + std::to_string(value2.value);
      }};
  const auto offer = [&](const term& value) {
    seen.clear();
    auto message = to_message(value);
    behavior(message);
    return seen;
  };
  CHECK(offer(term(1)) == "int 1");
  CHECK(offer(term("a")) == "text a");
  CHECK(offer(term(std::int64_t{5}, "b")) == "int64 5 text b");
  CHECK(offer(term(declared{3})) == "declared 3");
  CHECK(offer(term(true, 1.0, declared{4})) == "11.0000004");
  CHECK(offer(term(std::uint64_t{1})).empty());
  CHECK(offer(term(local{1})).empty());
  CHECK(offer(term(1, 2)).empty());
}

TEST_CASE("a CAF message is a term of its elements") {
  const auto value = to_term(caf::make_message(1, std::string("a"), declared{3}));
  REQUIRE(value.is<int, std::string, declared>());
  value.match([](int number, const std::string& text, const declared& other) {
    CHECK(number == 1);
    CHECK(text == "a");
    CHECK(other.value == 3);
  });
  CHECK(to_term(caf::make_message(true)).get<bool>());
  CHECK(to_term(caf::make_message(2.5)).get<double>() == 2.5);
  CHECK(to_term(caf::make_message(std::uint8_t{200})).get<std::uint8_t>() == 200);
  CHECK(
      to_term(caf::make_message(caf::error(caf::sec::request_timeout))).is<caf::error>());
  CHECK_FALSE(to_term(caf::make_message(1)).is<std::string>());
}

TEST_CASE("an empty message is a term of no elements, and a message again") {
  const auto value = to_term(caf::message());
  CHECK(value);
  CHECK(value.size() == 0);
  CHECK(value.is<>());
  CHECK(to_message(value).size() == 0);
  CHECK(to_message(term()).empty());
}

TEST_CASE("a CAF message that went through a term still matches and prints") {
  const auto value = to_term(caf::make_message(7, std::string("a")));
  const auto message = to_message(value);
  CHECK(message.match_elements<int, std::string>());
  CHECK(message.get_as<int>(0) == 7);
  CHECK(message.get_as<std::string>(1) == "a");
  CHECK(to_string(value).find('7') != std::string::npos);
}

TEST_CASE("a term is equal to the same values from a CAF message, from both sides") {
  const auto ours = term(1, "a");
  const auto theirs = to_term(caf::make_message(1, std::string("a")));
  CHECK(ours == theirs);
  CHECK(theirs == ours);
  CHECK(theirs == to_term(caf::make_message(1, std::string("a"))));
  CHECK_FALSE(theirs == to_term(caf::make_message(2, std::string("a"))));
  CHECK_FALSE(theirs == term(2, "a"));
  CHECK_FALSE(term(1L, "a") == theirs);
  CHECK_FALSE(theirs == term(1L, "a"));
}

TEST_CASE("CAF messages of values that do not print are not taken for equal") {
  CHECK_FALSE(to_term(caf::make_message(declared{1}))
              == to_term(caf::make_message(declared{2})));
}

TEST_CASE("changing a CAF message does not change the term it shares its values with") {
  const term value(std::string("before"), 1);
  auto message = to_message(value);
  message.get_mutable_as<std::string>(0) = "after";
  message.get_mutable_as<int>(1) = 2;
  CHECK(message.get_as<std::string>(0) == "after");
  CHECK(message.get_as<int>(1) == 2);
  CHECK(value == term("before", 1));
}

TEST_CASE("changing one of two CAF copies changes neither the other nor the term") {
  const term value(std::string("before"));
  auto first = to_message(value);
  auto second = first;
  first.force_unshare();
  first.get_mutable_as<std::string>(0) = "after";
  CHECK(second.get_as<std::string>(0) == "before");
  CHECK(value.get<std::string>() == "before");
}

TEST_CASE(
    "a handler that takes its argument by reference changes a copy of a shared term") {
  const term value(std::string("before"));
  auto message = to_message(value);
  std::string changed;
  caf::behavior behavior{[&](std::string& text) {
    text += ", after";
    changed = text;
  }};
  behavior(message);
  CHECK(changed == "before, after");
  CHECK(value.get<std::string>() == "before");
}

TEST_CASE("a handler that changes one of two CAF copies changes neither the other nor "
          "the term") {
  const term value(1, std::string("before"));
  auto first = to_message(value);
  const auto second = first;
  std::string changed;
  caf::behavior behavior{[&](int& number, std::string& text) {
    text += ", after";
    changed = std::to_string(++number) + " " + text;
  }};
  behavior(first);
  CHECK(changed == "2 before, after");
  CHECK(second.get_as<std::string>(1) == "before");
  CHECK(value == term(1, "before"));
}

TEST_CASE(
    "a handler that changes a forwarded CAF message changes a copy of the sender's") {
  const auto sent = caf::make_message(std::string("before"));
  auto forwarded = to_message(to_term(sent));
  caf::behavior behavior{[&](std::string& text) { text += ", after"; }};
  behavior(forwarded);
  CHECK(sent.get_as<std::string>(0) == "before");
}

TEST_CASE("a term prints the same before and after CAF, and its elements print alone") {
  const auto value = to_term(caf::make_message(1, std::string("a")));
  CHECK(to_string(value) == to_string(term(1, "a")));
  CHECK(to_string(to_term(caf::make_message(1))) == "1");
  CHECK(caf::to_string(to_message(term(1, "a"))) == R"((1, "a"))");
}

TEST_CASE("changing a CAF message does not change the term that was made of it") {
  auto message = caf::make_message(std::string("before"));
  const auto value = to_term(message);
  message.force_unshare();
  message.get_mutable_as<std::string>(0) = "after";
  CHECK(value.get<std::string>() == "before");
}

TEST_CASE("parts and joins of CAF messages are terms of their elements") {
  const auto whole = caf::make_message(1, std::string("a"), 2.5);
  CHECK(to_term(whole.drop(1)).is<std::string, double>());
  CHECK(to_term(whole.take(2)).get_if<int>() == nullptr);
  CHECK(to_term(whole.take(1)).get<int>() == 1);
  const auto joined = to_term(whole + caf::make_message(true));
  CHECK(joined.is<int, std::string, double, bool>());
}
