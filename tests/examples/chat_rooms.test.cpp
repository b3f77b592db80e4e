// The chat's supervision tree as visitors see it: rooms that crash, retire or are started
// twice.
#include "websock/runtime/supervisor_calls.hpp"
#include "websock/testing/client.hpp"

#include "examples/chat/house.hpp"
#include "examples/chat/json.hpp"
#include "examples/chat/session.hpp"
#include "examples/chat/words.hpp"
#include "tests/catch.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace runtime = websock::runtime;

namespace {

using namespace std::chrono_literals;
using chat::json;
using runtime::pid;
using websock::testing::client;
using strings = std::vector<std::string>;

/// A chat on a stepped node, and people in it.
class scene {
public:
  explicit scene(std::uint64_t seed, bool crashable = false) : node_(seed) {
    house_.crashable = crashable;
    top_ = runtime::start_supervisor(
        node_, {.children = {chat::rooms_child(), chat::directory_child(house_)}});
  }

  /// Takes effect when the node runs.
  [[nodiscard]] client begin_visit(const std::string& room, const std::string& nick) {
    return websock::testing::connect<chat::session>(node_, house_, room, nick);
  }
  [[nodiscard]] client visit(const std::string& room, const std::string& nick) {
    auto visitor = begin_visit(room, nick);
    wait();
    return visitor;
  }
  /// Until retries and announcements are through.
  void wait(runtime::duration how_long = 1s) { node_.advance(how_long); }
  void kill(const pid& who) {
    node_.node().exit(who, runtime::reason::kill);
    wait();
  }
  void say(client& who, const std::string& text) {
    who.text(json{{"type", "say"}, {"text", text}}.dump());
    wait();
  }

  [[nodiscard]] pid room(const std::string& name) const {
    return house_.rooms.whereis_name(name);
  }
  [[nodiscard]] std::size_t room_count() const { return house_.rooms.count(); }
  [[nodiscard]] pid named(const char* name) { return node_.node().whereis(name); }
  [[nodiscard]] const pid& top() const { return top_; }

private:
  runtime::testing::stepped_node node_;
  chat::house house_;
  pid top_;
};

std::vector<json> frames(const client& who, const std::string& type) {
  std::vector<json> found;
  for (const auto& each : who.texts())
    if (auto frame = json::parse(each); frame["type"] == type)
      found.push_back(std::move(frame));
  return found;
}

strings lines(const client& who) {
  strings found;
  for (const auto& each : frames(who, "said"))
    found.push_back(each["text"]);
  return found;
}

/// Who is in the room for the page of `who`, since the last welcome.
std::set<std::string> people(const client& who) {
  std::set<std::string> found;
  for (const auto& each : who.texts()) {
    const auto frame = json::parse(each);
    if (frame["type"] == "welcome") {
      found.clear();
      for (const auto& member : frame["members"])
        found.insert(member["nick"]);
    } else if (frame["type"] == "joined") {
      found.insert(frame["nick"]);
    } else if (frame["type"] == "left") {
      found.erase(frame["nick"]);
    }
  }
  return found;
}

/// The rooms of the last list: `lobby 2`.
strings listed(const client& who) {
  const auto lists = frames(who, "rooms");
  strings found;
  if (!lists.empty())
    for (const auto& each : lists.back()["rooms"])
      found.push_back(each["name"].get<std::string>() + ' ' + each["members"].dump());
  return found;
}

const std::set<std::string> both{"ada", "bob"};

} // namespace

TEST_CASE("two who make the same room at once meet in it") {
  const auto seed = GENERATE(range(1U, 21U));
  scene chat(seed);
  const auto ada = chat.begin_visit("lobby", "ada");
  auto bob = chat.begin_visit("lobby", "bob");
  chat.wait();
  CHECK(chat.room_count() == 1);
  CHECK(people(ada) == both);
  CHECK(people(bob) == both);
  CHECK(listed(ada) == strings{"lobby 2"});
  chat.say(bob, "hello");
  CHECK(lines(ada) == strings{"hello"});
}

TEST_CASE("who is in a room that is killed stays, and is in the new one") {
  const auto seed = GENERATE(range(1U, 21U));
  scene chat(seed);
  const auto ada = chat.visit("lobby", "ada");
  auto bob = chat.visit("lobby", "bob");
  const auto carol = chat.visit("kitchen", "carol");
  const auto before = chat.room("lobby");
  chat.say(bob, "before");
  chat.kill(before);
  CHECK(chat.room("lobby") != before);
  CHECK(chat.room("lobby"));
  for (const auto* each : {&ada, &std::as_const(bob)}) {
    CHECK_FALSE(each->close_frame());
    CHECK(frames(*each, "restarted").size() == 1);
    CHECK(frames(*each, "welcome").back()["history"].empty());
    CHECK(people(*each) == both);
    CHECK(frames(*each, "left").empty());
    CHECK(listed(*each) == strings{"lobby 2", "kitchen 1"});
  }
  // Only the first time is news to a reader.
  const auto joins = frames(ada, "joined");
  CHECK(std::count_if(joins.begin(), joins.end(),
                      [](const json& each) { return each["again"] == false; })
        == 1);
  chat.say(bob, "after");
  CHECK(lines(ada) == strings{"before", "after"});
  CHECK(lines(bob) == strings{"before", "after"});
  CHECK(frames(carol, "restarted").empty());
}

TEST_CASE("the line /crash crashes a room that is crashable, and is said in any case") {
  const auto crashable = GENERATE(false, true);
  scene chat(1, crashable);
  auto ada = chat.visit("lobby", "ada");
  const auto bob = chat.visit("lobby", "bob");
  const auto before = chat.room("lobby");
  chat.say(ada, "/crash");
  CHECK((chat.room("lobby") != before) == crashable);
  chat.say(ada, "still here");
  CHECK(lines(bob) == strings{"/crash", "still here"});
  CHECK(frames(bob, "restarted").size() == (crashable ? 1 : 0));
}

TEST_CASE("a room that stays empty retires and is not started again") {
  scene chat(1);
  auto ada = chat.visit("lobby", "ada");
  chat.say(ada, "remember");
  ada.disconnect();
  chat.wait(9min);
  CHECK(chat.room("lobby"));
  auto bob = chat.visit("lobby", "bob");
  CHECK(frames(bob, "welcome")[0]["history"].size() == 1);
  for (int i = 0; i < 4; ++i) {
    bob.pong(); // or the connection would be given up
    chat.wait(30s);
  }
  CHECK(chat.room("lobby"));
  chat.kill(bob.pid());
  chat.wait(11min);
  CHECK(chat.room_count() == 0);
  const auto carol = chat.visit("lobby", "carol");
  CHECK(frames(carol, "welcome")[0]["history"].empty());
}

TEST_CASE("who enters a room at the moment at which it retires gets in") {
  const auto seed = GENERATE(range(1U, 41U));
  scene chat(seed);
  auto ada = chat.visit("lobby", "ada");
  ada.disconnect();
  chat.wait(0s);
  chat.wait(10min - 1ms);
  REQUIRE(chat.room("lobby"));
  const auto bob = chat.begin_visit("lobby", "bob");
  const auto carol = chat.begin_visit("lobby", "carol");
  chat.wait(1ms);
  chat.wait();
  CHECK(people(bob) == std::set<std::string>{"bob", "carol"});
  CHECK(people(carol) == std::set<std::string>{"bob", "carol"});
  CHECK(frames(bob, "welcome").size() == 1);
  CHECK(frames(bob, "restarted").empty());
  CHECK(chat.room_count() == 1);
}

TEST_CASE("a directory that is killed comes back and knows the rooms") {
  const auto seed = GENERATE(range(1U, 11U));
  scene chat(seed);
  auto ada = chat.visit("lobby", "ada");
  const auto room = chat.room("lobby");
  const auto before = chat.named(chat::directory_name);
  chat.kill(before);
  CHECK(chat.named(chat::directory_name) != before);
  CHECK(chat.room("lobby") == room);
  const auto bob = chat.visit("kitchen", "bob");
  CHECK(listed(bob) == strings{"kitchen 1", "lobby 1"});
  CHECK(frames(ada, "restarted").empty());
  chat.kill(ada.pid());
  CHECK(listed(bob) == strings{"kitchen 1"});
}

TEST_CASE("when the supervisor of rooms is killed, everybody makes their room anew") {
  const auto seed = GENERATE(range(1U, 21U));
  scene chat(seed);
  const auto ada = chat.visit("lobby", "ada");
  auto bob = chat.visit("lobby", "bob");
  chat.kill(chat.named(chat::rooms_name));
  CHECK(people(ada) == both);
  CHECK(people(bob) == both);
  chat.say(bob, "after");
  CHECK(lines(ada) == strings{"after"});
}

TEST_CASE("when rooms do not come back, the connections are closed with 1012") {
  const auto seed = GENERATE(range(1U, 6U));
  scene chat(seed);
  auto ada = chat.visit("lobby", "ada");
  chat.kill(chat.top());
  CHECK_FALSE(ada.close_frame());
  chat.say(ada, "anybody?");
  CHECK(frames(ada, "refused").size() == 1);
  chat.wait(5s);
  REQUIRE(ada.close_frame());
  CHECK(ada.close_frame()->first == 1012);
  const auto bob = chat.visit("lobby", "bob");
  chat.wait(5s);
  REQUIRE(bob.close_frame());
  CHECK(bob.close_frame()->first == 1012);
}
