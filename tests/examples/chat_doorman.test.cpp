// How often one address may join.
#include "examples/chat/doorman.hpp"
#include "tests/catch.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using chat::doorman;
using chat::ticket;

namespace {

constexpr runtime::time_point start{1h};

} // namespace

TEST_CASE("one address has so many visits at a time, and another when one has ended") {
  doorman subject({.visits = 3, .joins = 100, .joins_per_second = 1});
  std::vector<ticket> visits;
  for (int i = 0; i < 3; ++i)
    visits.push_back(subject.admit("192.0.2.1:" + std::to_string(1'000 + i), start));
  for (const auto& each : visits)
    CHECK(each);
  CHECK_FALSE(subject.admit("192.0.2.1:9", start));
  CHECK(subject.admit("192.0.2.2:9", start));
  const auto copy = visits.back();
  visits.pop_back();
  CHECK_FALSE(subject.admit("192.0.2.1:9", start));
  visits.pop_back();
  CHECK(subject.admit("192.0.2.1:9", start));
}

TEST_CASE("one address joins so often at once, and then as time passes") {
  doorman subject({.visits = 10, .joins = 2, .joins_per_second = 0.5});
  const auto joins = [&](runtime::time_point now) {
    return subject.admit("[2001:db8::1]:1", now) != nullptr;
  };
  CHECK(joins(start));
  CHECK(joins(start));
  CHECK_FALSE(joins(start));
  CHECK_FALSE(joins(start + 1s));
  CHECK(joins(start + 2s));
  CHECK_FALSE(joins(start + 2s));
  CHECK_FALSE(subject.admit("[2001:db8::2]:1", start + 2s)); // the same network
  CHECK(joins(start + 1h));
}

TEST_CASE("this machine, and what has no address, is not counted") {
  doorman subject({.visits = 1, .joins = 1, .joins_per_second = 0});
  for (const char* peer : {"127.0.0.1:5", "[::1]:5", "[::ffff:127.0.0.1]:5", "unix", ""})
    for (int i = 0; i < 5; ++i)
      CHECK(subject.admit(peer, start));
  doorman open({.visits = 0});
  for (int i = 0; i < 100; ++i)
    CHECK(open.admit("192.0.2.1:1", start));
}

TEST_CASE("a ticket may outlive the doorman, and those who left are forgotten") {
  ticket kept;
  {
    doorman subject;
    kept = subject.admit("192.0.2.1:1", start);
    for (int i = 0; i < 50'000; ++i)
      CHECK(subject.admit("198." + std::to_string(18 + i / 65'536) + "."
                              + std::to_string(i / 256 % 256) + "."
                              + std::to_string(i % 256) + ":1",
                          start + std::chrono::seconds(i)));
  }
  CHECK(kept);
}
