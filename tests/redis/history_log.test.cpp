// Readings of histories: over when both halves have come, and none for another.
#include "websock/runtime/redis/history_log.hpp"

#include "tests/catch.hpp"

#include <string>
#include <vector>

using namespace websock::runtime::redis;
using websock::runtime::detail::log_reading;

namespace {

[[nodiscard]] reply list_of(const std::vector<std::string>& texts) {
  reply all;
  all.type = reply::kind::list;
  for (const auto& each : texts) {
    reply one;
    one.type = reply::kind::text;
    one.text = each;
    all.elements.push_back(one);
  }
  return all;
}

[[nodiscard]] reply error(const std::string& why) {
  reply made;
  made.type = reply::kind::error;
  made.text = why;
  return made;
}

struct lab {
  lab() : log({.name = "ada"}, "channel") {}
  std::uint64_t expect() {
    return log.expect([](const log_reading&) {});
  }
  /// What is due, as the texts that were read, or "-".
  [[nodiscard]] std::vector<std::string> due() {
    std::vector<std::string> all;
    for (const auto& each : log.take_due())
      all.push_back(!each.is_read       ? "-"
                    : each.kept.empty() ? ""
                                        : each.kept.front().text);
    return all;
  }

  history_log log;
};

using texts = std::vector<std::string>;

} // namespace

TEST_CASE("a reading is over with its answer and its marker, whichever comes first") {
  lab on;
  const auto first = on.expect();
  const auto second = on.expect();
  on.log.answered(list_of({"a"}));
  CHECK(on.due().empty());
  on.log.marked(first);
  CHECK(on.due() == texts{"a"});
  on.log.marked(second);
  CHECK(on.due().empty());
  on.log.answered(list_of({}));
  CHECK(on.due() == texts{""});
}

TEST_CASE("a refusal is an answer without a marker") {
  lab on;
  static_cast<void>(on.expect());
  on.log.answered(error("NOSCRIPT"));
  CHECK(on.due() == texts{"-"});
}

TEST_CASE("answers to readings that were given up are no answers to others") {
  lab on;
  static_cast<void>(on.expect());
  on.log.give_up(); // the subscription is lost
  CHECK(on.due() == texts{"-"});
  const auto next = on.expect();
  on.log.marked(next);
  on.log.answered(list_of({"of the first"}));
  CHECK(on.due().empty());
  on.log.answered(list_of({"b"}));
  CHECK(on.due() == texts{"b"});
  static_cast<void>(on.expect());
  on.log.give_up_answers(); // the other one
  CHECK(on.due() == texts{"-"});
  on.log.answered(list_of({"c"}));
  on.log.marked(17);
  CHECK(on.due().empty());
}

TEST_CASE("readings that wait are bounded") {
  lab on;
  for (std::size_t i = 0; i < history_log::most_readings; ++i)
    REQUIRE(on.expect() != 0);
  CHECK(on.expect() == 0);
  on.log.give_up_answers();
  CHECK(on.expect() != 0);
}

TEST_CASE("a hole is mended by another generation, once") {
  lab on;
  CHECK_FALSE(on.log.wants_generation());
  on.log.note_hole();
  CHECK(on.log.wants_generation());
  CHECK(on.log.begin_generation().find("HINCRBY") != std::string::npos);
  CHECK_FALSE(on.log.wants_generation());
}

TEST_CASE("what is kept and read is bounded by the topic and by the engine") {
  lab on;
  on.log.loaded(history_log::script::append, [] {
    auto made = list_of({"abc"}).elements.front();
    return made;
  }());
  CHECK_FALSE(on.log.has_scripts());
  on.log.loaded(history_log::script::read, error("NOPERM"));
  CHECK_FALSE(on.log.has_scripts());
  const auto kept =
      on.log.append("room:a", {5, std::chrono::hours(24 * 400), 1'000}, "envelope");
  CHECK(kept.find("63072000000") != std::string::npos); // two years
  const auto read =
      on.log.read("room:a", {1'000'000, std::chrono::seconds(1), 1U << 30U}, "marker");
  CHECK(read.find("\r\n10000\r\n") != std::string::npos);
  CHECK(read.find("\r\n16777216\r\n") != std::string::npos);
}
