// The chat as its visitors see it: lines, retries, limits, who is there, what was missed.
#include "tests/examples/chat_scene.hpp"
#include "tests/support/any_schedule.hpp"

#include <set>
#include <string>
#include <vector>

namespace {

using namespace tests;
using strings = std::vector<std::string>;

const std::string room = "room:lobby";

/// The rooms that a list names: "lobby 2".
[[nodiscard]] std::set<std::string> listed(const json& answer) {
  std::set<std::string> found;
  for (const auto& each : answer["response"]["rooms"])
    found.insert(each["name"].get<std::string>() + ' ' + each["people"].dump());
  return found;
}

[[nodiscard]] bool is_refused(const json& answer) {
  return answer["status"] == "error" && answer["response"]["reason"].is_string();
}

} // namespace

TEST_CASE("a line reaches everybody in the room once, and its sender an answer") {
  chat_scene scene(any_schedule());
  visitor ada(scene.chat, "Ada");
  visitor bob(scene.chat, "Bob");
  visitor carol(scene.chat, "Carol");
  CHECK(ada.join(room)["status"] == "ok");
  bob.join(room);
  carol.join("room:kitchen");
  const auto answer = ada.say("lobby", "one", "hello");
  CHECK(answer["status"] == "ok");
  CHECK(answer["response"]["id"] == "one");
  CHECK(answer["response"]["number"] == 1);
  for (const auto* each : {&ada, &bob}) {
    const auto lines = each->got(room, "line");
    REQUIRE(lines.size() == 1);
    CHECK(lines[0]["name"] == "Ada");
    CHECK(lines[0]["text"] == "hello");
    CHECK(lines[0]["id"] == "one");
    CHECK(lines[0]["number"] == 1);
    CHECK(lines[0]["at"] == answer["response"]["at"]);
  }
  CHECK(carol.got("room:kitchen", "line").empty());
}

TEST_CASE("a line that is sent again gets the same answer and is said once") {
  chat_scene scene(any_schedule());
  visitor ada(scene.chat, "Ada");
  visitor bob(scene.chat, "Bob");
  ada.join(room);
  bob.join(room);
  const auto first = ada.say("lobby", "one", "hello");
  CHECK(ada.say("lobby", "one", "hello") == first);
  visitor again(scene.chat, "Ada"); // on another connection
  again.join(room);
  CHECK(again.say("lobby", "one", "hello") == first);
  CHECK(bob.heard("lobby") == strings{"hello"});
  const auto stolen = bob.say("lobby", "one", "mine");
  CHECK(is_refused(stolen));
  CHECK(stolen["response"]["retry"] == false);
  again.join("room:kitchen");
  CHECK(again.say("kitchen", "one", "hello")["response"]["number"] == 1);
}

TEST_CASE("lines that cannot be said are refused with a reason") {
  chat_scene scene(any_schedule());
  visitor ada(scene.chat, "Ada");
  ada.join(room);
  for (const auto& text : {std::string(), std::string(" \n "), std::string(2'001, 'x')}) {
    const auto answer = ada.say("lobby", "one", text);
    CHECK(is_refused(answer));
    CHECK(answer["response"]["retry"] == false);
  }
  for (const auto& id : {std::string(), std::string(65, 'x'), std::string("a b")})
    CHECK(is_refused(ada.say("lobby", id, "hello")));
  CHECK(is_refused(ada.push(room, "line", {{"id", 7}, {"text", json::array()}})));
  CHECK(is_refused(ada.push(room, "no such event")));
  CHECK(ada.say("lobby", "one", std::string(2'000, 'x'))["status"] == "ok");
}

TEST_CASE("who writes too fast is told so, in all rooms together, and may go on later") {
  chat_scene scene(any_schedule());
  visitor ada(scene.chat, "Ada");
  visitor bob(scene.chat, "Bob");
  ada.join(room);
  ada.join("room:kitchen");
  bob.join(room);
  for (int i = 0; i < 20; ++i)
    ada.begin(i % 2 == 0 ? room : "room:kitchen", "line",
              {{"id", std::to_string(i)}, {"text", "x"}});
  scene.node.run_until_idle();
  CHECK(is_refused(ada.answer()));
  CHECK(ada.answer()["response"]["retry"] == true);
  CHECK(ada.got(room, "line").size() + ada.got("room:kitchen", "line").size() == 8);
  CHECK(bob.say("lobby", "bobs", "y")["status"] == "ok");
  scene.node.advance(1s);
  CHECK(ada.say("lobby", "19", "x")["status"] == "ok");
}

TEST_CASE("a visitor gets the newest lines, or those behind the last that he knows") {
  chat_scene scene(any_schedule(), {.rooms = {.excerpt = 3}});
  visitor ada(scene.chat, "Ada");
  ada.join(room);
  for (const char* id : {"1", "2", "3", "4"})
    ada.say("lobby", id, std::string("line ") + id);
  visitor bob(scene.chat, "Bob");
  const auto all = bob.join(room);
  CHECK(lines_of(all) == strings{"line 2", "line 3", "line 4"});
  CHECK(all["response"]["continues"] == false);
  CHECK(all["response"]["recovered"] == false);
  CHECK(all["response"]["name"] == "Bob");
  CHECK(all["response"]["pid"].is_string());
  visitor carol(scene.chat, "Carol");
  const auto some = carol.join(room, {{"since", "3"}});
  CHECK(lines_of(some) == strings{"line 4"});
  CHECK(some["response"]["continues"] == true);
  visitor dora(scene.chat, "Dora");
  CHECK(lines_of(dora.join(room, {{"since", "unknown"}})).size() == 3);
}

TEST_CASE("who comes back gets what was said meanwhile from the history") {
  chat_scene scene(any_schedule());
  visitor ada(scene.chat, "Ada");
  visitor bob(scene.chat, "Bob");
  ada.join(room);
  bob.join(room);
  ada.say("lobby", "1", "before");
  const auto position = bob.got(room, "line").back()["recover"];
  bob.vanish();
  ada.say("lobby", "2", "meanwhile");
  visitor again(scene.chat, "Bob");
  const auto answer = again.join(room, {{"recover", position}, {"since", "1"}});
  CHECK(answer["response"]["recovered"] == true);
  CHECK(again.heard("lobby") == strings{"meanwhile"});
}

TEST_CASE("nothing that is said while somebody enters is lost on him") {
  chat_scene scene(GENERATE(range(1U, 41U)));
  visitor ada(scene.chat, "Ada");
  ada.join(room);
  visitor bob(scene.chat, "Bob");
  ada.begin(room, "line", {{"id", "1"}, {"text", "one"}});
  bob.begin(room, "phx_join", json::object());
  ada.begin(room, "line", {{"id", "2"}, {"text", "two"}});
  ada.begin(room, "line", {{"id", "3"}, {"text", "three"}});
  scene.chat.run();
  std::set<std::string> known;
  for (const auto& each : lines_of(bob.answer()))
    known.insert(each);
  for (const auto& each : bob.heard("lobby"))
    known.insert(each);
  CHECK(known == std::set<std::string>{"one", "two", "three"});
}

TEST_CASE("two tabs are one person, who is there until both are closed") {
  chat_scene scene(any_schedule());
  visitor ada(scene.chat, "Ada");
  visitor tab(scene.chat, "Ada");
  visitor bob(scene.chat, "Bob");
  ada.join(room);
  tab.join(room);
  bob.join(room);
  const auto state = bob.got(room, "presence_state").back();
  REQUIRE(state.contains("Ada"));
  CHECK(state["Ada"]["metas"].size() == 2);
  CHECK(state["Ada"]["metas"][0]["since"].is_number());
  visitor list(scene.chat, "Carol");
  CHECK(listed(list.join("rooms")) == std::set<std::string>{"lobby 2"});
  ada.vanish();
  CHECK(scene.chat.people().list(room).contains("Ada"));
  tab.vanish();
  CHECK_FALSE(scene.chat.people().list(room).contains("Ada"));
  CHECK(list.got("rooms", "room").back()["people"] == 1);
}

TEST_CASE("others see who types, once a second") {
  chat_scene scene(any_schedule());
  visitor ada(scene.chat, "Ada");
  visitor bob(scene.chat, "Bob");
  ada.join(room);
  bob.join(room);
  for (int i = 0; i < 5; ++i)
    ada.begin(room, "typing", json::object());
  scene.node.run_until_idle();
  CHECK(bob.got(room, "typing") == std::vector{json{{"name", "Ada"}}});
  CHECK(ada.got(room, "typing").empty());
  scene.node.advance(1s);
  ada.push(room, "typing");
  CHECK(bob.got(room, "typing").size() == 2);
}

TEST_CASE("the list of rooms tells of new ones, of lines and of people, not too often") {
  chat_scene scene(any_schedule());
  visitor list(scene.chat, "Carol");
  CHECK(listed(list.join("rooms")).empty());
  visitor ada(scene.chat, "Ada");
  ada.join(room);
  const auto found = list.got("rooms", "room");
  REQUIRE_FALSE(found.empty());
  CHECK(found.back()
        == json{{"name", "lobby"}, {"people", 1}, {"number", 0}, {"last", nullptr}});
  const auto before = found.size();
  for (const char* id : {"1", "2", "3"})
    ada.begin(room, "line", {{"id", id}, {"text", "x"}});
  scene.chat.run();
  const auto later = list.got("rooms", "room");
  CHECK(later.size() - before <= 2);
  CHECK(later.back()["number"] == 3);
  CHECK(later.back()["last"] == ada.answer()["response"]["at"]);
  scene.chat.kill(chat::directory_name); // it knows the same again
  visitor again(scene.chat, "Dora");
  const auto answer = again.join("rooms");
  CHECK(listed(answer) == std::set<std::string>{"lobby 1"});
  CHECK(answer["response"]["rooms"][0]["number"] == 3);
}

TEST_CASE("a room that was never spoken in is gone when the last one has left") {
  chat_scene scene(any_schedule());
  visitor list(scene.chat, "Carol");
  list.join("rooms");
  visitor ada(scene.chat, "Ada");
  ada.join(room);
  ada.vanish();
  CHECK(list.got("rooms", "room").back() == json{{"name", "lobby"}, {"gone", true}});
  visitor again(scene.chat, "Dora");
  CHECK(listed(again.join("rooms")).empty());
}

TEST_CASE("rooms with bad names are refused, and rooms beyond the limit") {
  chat_scene scene(any_schedule(), {.rooms = {.rooms = 2}});
  visitor ada(scene.chat, "Ada");
  for (const auto& name : {std::string(), std::string("A"), std::string(41, 'x')})
    CHECK(is_refused(ada.join("room:" + name)));
  CHECK(ada.join("room:a")["status"] == "ok");
  CHECK(ada.join("room:b")["status"] == "ok");
  CHECK(is_refused(ada.join("room:c")));
}

TEST_CASE("an empty room gives way to a new one, and one with people does not") {
  // Whatever was said just now counts as long ago.
  chat_scene scene(any_schedule(), {.rooms = {.rooms = 2, .silence = -1min}});
  visitor ada(scene.chat, "Ada");
  ada.join("room:a");
  ada.say("a", "1", "kept");
  visitor bob(scene.chat, "Bob");
  bob.join("room:b");
  bob.say("b", "1", "lost");
  bob.vanish();
  visitor carol(scene.chat, "Carol");
  CHECK(carol.join("room:c")["status"] == "ok");
  visitor dora(scene.chat, "Dora");
  CHECK(is_refused(dora.join("room:b"))); // a and c have people
  CHECK(lines_of(dora.join("room:a")) == strings{"kept"});
}

TEST_CASE("an archive that is killed goes on where it was") {
  chat_scene scene(any_schedule());
  visitor ada(scene.chat, "Ada");
  visitor bob(scene.chat, "Bob");
  ada.join(room);
  bob.join(room);
  const auto first = ada.say("lobby", "1", "before");
  scene.chat.kill(chat::archive_name);
  CHECK(ada.say("lobby", "1", "before") == first);
  CHECK(ada.say("lobby", "2", "after")["response"]["number"] == 2);
  CHECK(bob.heard("lobby") == strings{"before", "after"});
}

TEST_CASE("the line /crash crashes its speaker's channel if it may, and is said anyway") {
  const bool crashable = GENERATE(false, true);
  chat_scene scene(any_schedule(), {.crashable = crashable});
  visitor ada(scene.chat, "Ada");
  visitor bob(scene.chat, "Bob");
  ada.join(room);
  bob.join(room);
  CHECK(ada.say("lobby", "1", "/crash")["status"] == "ok");
  CHECK(ada.got(room, "phx_error").size() == (crashable ? 1 : 0));
  CHECK(bob.heard("lobby") == strings{"/crash"});
  CHECK(bob.got(room, "phx_error").empty());
  CHECK(ada.join(room)["status"] == "ok");
}
