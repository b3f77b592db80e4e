// The chat's rooms and names in memory: order, limits, what a visitor gets.
#include "examples/chat/reserved_names.hpp"
#include "examples/chat/rooms.hpp"
#include "tests/catch.hpp"

#include <chrono>
#include <string>

using namespace std::chrono_literals;
using chat::line;
using chat::moment;
using strings = std::vector<std::string>;

namespace {

void say(chat::rooms& in, const std::string& room, const std::string& id,
         moment now = 1'000) {
  in.append(room, in.next(room, {id, 0, "ada", "text of " + id, 0}, now));
}

strings ids(const std::vector<line>& lines) {
  strings found;
  for (const auto& each : lines)
    found.push_back(each.id);
  return found;
}

const auto nobody = [](const std::string&) { return false; };

} // namespace

TEST_CASE("lines have numbers without gaps and times that only grow") {
  chat::rooms subject({});
  say(subject, "a", "1", 1'000);
  say(subject, "a", "2", 900); // the clock was set back
  say(subject, "b", "1", 1'000);
  const auto lines = subject.after("a", 0);
  REQUIRE(ids(lines) == strings{"1", "2"});
  CHECK(lines[0] == line{"1", 1, "ada", "text of 1", 1'000});
  CHECK(lines[1] == line{"2", 2, "ada", "text of 2", 1'001});
  CHECK(subject.after("b", 0)[0].number == 1);
  CHECK(ids(subject.after("a", 1)) == strings{"2"});
  CHECK(subject.after("c", 0).empty());
}

TEST_CASE("a room keeps so many lines, and a visitor gets so many of them") {
  chat::rooms subject({.lines = 5, .excerpt = 3});
  for (int i = 1; i <= 7; ++i)
    say(subject, "a", std::to_string(i));
  CHECK(ids(subject.after("a", 0)) == strings{"3", "4", "5", "6", "7"});
  CHECK(ids(subject.read("a", "").lines) == strings{"5", "6", "7"});
  CHECK_FALSE(subject.read("a", "").continues);
  const auto known = subject.read("a", "5");
  CHECK(ids(known.lines) == strings{"6", "7"});
  CHECK(known.continues);
  CHECK(subject.read("a", "7").lines.empty());
  CHECK(subject.read("a", "7").continues);
  const auto too_old = subject.read("a", "3"); // four lines are behind it
  CHECK(ids(too_old.lines) == strings{"5", "6", "7"});
  CHECK_FALSE(too_old.continues);
  CHECK_FALSE(subject.read("a", "1").continues); // not kept any more
  CHECK(subject.find("a", "3") != nullptr);
  CHECK(subject.find("a", "2") == nullptr);
}

TEST_CASE(
    "when all lines are too many octets, the room that was silent for longest loses "
    "its oldest") {
  chat::rooms subject({.octets = 2'000});
  say(subject, "old", "1", 1);
  say(subject, "old", "2", 2);
  for (int i = 0; i < 100; ++i) {
    say(subject, "new", std::to_string(i), 1'000 + i);
    CHECK(subject.octets() <= 2'000);
  }
  CHECK(subject.after("old", 0).empty());
  CHECK_FALSE(subject.after("new", 0).empty());
  CHECK(subject.after("new", 0).back().id == "99");
  say(subject, "old", "3");
  CHECK(subject.after("old", 0).back().number == 3); // it goes on
  subject.forget("old");
  subject.forget("new");
  CHECK(subject.octets() == 0);
}

TEST_CASE("a room in which somebody is, or was heard of late, does not give way") {
  chat::rooms subject({.rooms = 2, .silence = 1min});
  subject.open("a", 1'000);
  CHECK_FALSE(subject.is_full());
  subject.open("b", 2'000);
  CHECK(subject.is_full());
  CHECK_FALSE(subject.dispensable(60'000, nobody));
  CHECK(subject.dispensable(61'000, nobody) == "a");
  CHECK(subject.dispensable(90'000, [](const auto& room) { return room == "a"; }) == "b");
  subject.open("a", 90'000); // it is open already
  CHECK(subject.dispensable(90'000, nobody) == "a");
  say(subject, "a", "1", 80'000);
  CHECK(subject.dispensable(90'000, nobody) == "b");
  subject.forget("b");
  CHECK_FALSE(subject.contains("b"));
  CHECK_FALSE(subject.is_full());
}

TEST_CASE("of too many names, the one that was not used for longest is free again") {
  chat::reserved_names subject(2);
  CHECK_FALSE(subject.use("ada"));
  CHECK_FALSE(subject.use("bob"));
  CHECK_FALSE(subject.use("ada"));
  CHECK(subject.use("carol") == "bob");
  CHECK(subject.contains("ada"));
  CHECK_FALSE(subject.contains("bob"));
  CHECK(subject.size() == 2);
}
