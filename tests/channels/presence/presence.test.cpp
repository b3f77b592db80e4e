// Presence on one node: what the API answers, and what subscribers hear.
#include "websock/channels/presence.hpp"

#include "websock/channels/broadcast/broadcast_message.hpp"
#include "websock/runtime/pubsub.hpp"

#include "tests/support/puppet.hpp"

#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

using namespace tests;
using namespace std::chrono_literals;
using websock::json;
using websock::channels::broadcast_message;
using websock::channels::presence;
using websock::channels::presence_diff;
using websock::channels::presence_options;

namespace {

constexpr auto topic = "room:1";

/// The metas under a key, without references: their "n".
[[nodiscard]] std::vector<int> numbers(const json& presences, const char* key) {
  std::vector<int> all;
  if (presences.contains(key))
    for (const auto& each : presences[key]["metas"])
      all.push_back(each["n"]);
  return all;
}

struct one_node {
  explicit one_node(presence_options options = {}) : people(node, std::move(options)) {
    me.in_process([](process& self) { runtime::pubsub::subscribe(self, topic); });
  }
  /// The next diff of the topic; null when there is none.
  [[nodiscard]] json next_diff() {
    json found;
    me.receive(1ms, [&](const broadcast_message& diff) {
      CHECK(diff.topic() == topic);
      CHECK(diff.event() == "presence_diff");
      found = diff.body().value();
      CHECK(found.size() == 2);
      CHECK(found.contains("joins"));
      CHECK(found.contains("leaves"));
    });
    return found;
  }

  stepped_node node{any_schedule()};
  tester me{node};
  presence people;
  pid who = node.spawn<puppet>();
};

} // namespace

TEST_CASE("a process is present from track until untrack, and subscribers hear of both") {
  one_node on;
  const auto joined = on.people.track(on.who, topic, "ada", {{"n", 1}});
  REQUIRE(joined);
  CHECK(joined.phx_ref.size() == 16);
  const auto all = on.people.list(topic); // at once, before any diff
  CHECK(all == json{{"ada", {{"metas", {{{"n", 1}, {"phx_ref", joined.phx_ref}}}}}}});
  CHECK(json::parse(on.people.list_text(topic)) == all);
  CHECK(on.people.get_by_key(topic, "ada") == all["ada"]);
  CHECK(on.next_diff() == json{{"joins", all}, {"leaves", json::object()}});

  on.people.untrack(on.who, topic, "ada");
  CHECK(on.people.list(topic) == json::object());
  CHECK(on.people.get_by_key(topic, "ada").is_null());
  CHECK(on.next_diff() == json{{"joins", json::object()}, {"leaves", all}});
  on.people.untrack(on.who, topic, "ada"); // nothing any more
  CHECK(on.next_diff().is_null());
}

TEST_CASE("a process is tracked once under a key in a topic") {
  one_node on;
  REQUIRE(on.people.track(on.who, topic, "ada", {{"n", 1}}));
  const auto again = on.people.track(on.who, topic, "ada", {{"n", 2}});
  CHECK(again.why == presence::result::error::already_tracked);
  CHECK(on.people.track(on.who, topic, "eve", {{"n", 3}}));
  CHECK(on.people.track(on.who, "room:2", "ada", {{"n", 4}}));
  CHECK(on.people.track(on.node.spawn<puppet>(), topic, "ada", {{"n", 5}}));
  CHECK(numbers(on.people.list(topic), "ada") == std::vector{1, 5});
}

TEST_CASE("an update is one diff: the former meta leaves, the new one joins") {
  one_node on;
  const auto first = on.people.track(on.who, topic, "ada", {{"n", 1}, {"away", true}});
  static_cast<void>(on.next_diff());
  const auto second = on.people.update(on.who, topic, "ada", {{"n", 2}});
  REQUIRE(second);
  const json expected{
      {"n", 2}, {"phx_ref", second.phx_ref}, {"phx_ref_prev", first.phx_ref}};
  CHECK(on.people.get_by_key(topic, "ada")["metas"] == json::array({expected}));
  const auto diff = on.next_diff();
  CHECK(numbers(diff["joins"], "ada") == std::vector{2});
  CHECK(numbers(diff["leaves"], "ada") == std::vector{1});
  CHECK(diff["leaves"]["ada"]["metas"][0]["phx_ref"] == first.phx_ref);

  const auto third = on.people.update(on.who, topic, "ada", [](json meta) {
    meta["n"] = meta["n"].get<int>() + 1;
    return meta;
  });
  CHECK(numbers(on.people.list(topic), "ada") == std::vector{3});
  CHECK(on.people.get_by_key(topic, "ada")["metas"][0]["phx_ref_prev"] == second.phx_ref);
  CHECK(on.people.update(on.who, topic, "eve", {{"n", 2}}).why
        == presence::result::error::nopresence);
}

TEST_CASE("who exits has left when its exit is heard of: one diff for each topic") {
  one_node on;
  on.people.track(on.who, topic, "ada", {{"n", 1}});
  on.people.track(on.who, topic, "eve", {{"n", 2}});
  on.people.track(on.who, "room:2", "ada", {{"n", 3}});
  static_cast<void>(on.next_diff());
  static_cast<void>(on.me.monitor(on.who));
  runtime::send(on.who, task{[](process&) { process::exit(runtime::reason::normal); }});
  json present;
  on.me.receive(1ms, [&](const runtime::down&) { present = on.people.list(topic); });
  CHECK(present == json::object());
  CHECK(on.people.list("room:2") == json::object());
  const auto diff = on.next_diff();
  CHECK(numbers(diff["leaves"], "ada") == std::vector{1});
  CHECK(numbers(diff["leaves"], "eve") == std::vector{2});
  CHECK(on.next_diff().is_null());
}

TEST_CASE("who was tracked when it had exited already has left") {
  one_node on;
  runtime::send(on.who, task{[](process&) { process::exit(runtime::reason::normal); }});
  on.node.run_until_idle();
  on.people.track(on.who, topic, "ada");
  on.node.run_until_idle();
  CHECK(on.people.list(topic) == json::object());
}

TEST_CASE("untrack without a topic leaves all of them") {
  one_node on;
  on.people.track(on.who, topic, "ada");
  on.people.track(on.who, "room:2", "ada");
  on.people.untrack(on.who);
  CHECK(on.people.list(topic) == json::object());
  CHECK(on.people.list("room:2") == json::object());
  CHECK(on.people.track(on.who, topic, "ada"));
}

TEST_CASE("what changes within a turn is told together, and not what comes and goes") {
  one_node on;
  on.people.track(on.who, topic, "ada", {{"n", 1}});
  on.people.track(on.who, topic, "eve", {{"n", 2}});
  on.people.update(on.who, topic, "ada", {{"n", 3}});
  on.people.untrack(on.who, topic, "eve");
  const auto diff = on.next_diff();
  CHECK(diff["joins"].size() == 1);
  CHECK(numbers(diff["joins"], "ada") == std::vector{3});
  CHECK(diff["leaves"].empty());
  CHECK(on.next_diff().is_null());
}

TEST_CASE("keys are any text, metas any object") {
  one_node on;
  const std::string odd = "__proto__ \" \\ \n \xF0\x9F\x99\x82";
  on.people.track(on.who, topic, odd, {{"text", odd}});
  CHECK(on.people.list(topic)[odd]["metas"][0]["text"] == odd);
  CHECK(on.next_diff()["joins"].contains(odd));
  CHECK_THROWS_AS(on.people.track(on.who, topic, "ada", 5), std::invalid_argument);
  CHECK_THROWS_AS(on.people.track(on.who, topic, "ada", {{"n", "\xFF"}}),
                  std::invalid_argument);
  CHECK_THROWS_AS(on.people.track(pid(), topic, "ada"), std::invalid_argument);
  CHECK_THROWS_AS(on.people.track(on.who, std::string(2'000, 't'), "ada"),
                  std::length_error);
  CHECK(on.people.track(on.who, topic, "ada"));
}

TEST_CASE("fetch adds to lists and diffs; what it throws is logged") {
  presence_options options;
  options.hooks.fetch = [](std::string_view, json presences) {
    if (presences.contains("eve"))
      throw std::runtime_error("no database");
    for (auto& each : presences)
      each["name"] = "Ada";
    return presences;
  };
  one_node on(options);
  on.people.track(on.who, topic, "ada", {{"n", 1}});
  CHECK(on.people.list(topic)["ada"]["name"] == "Ada");
  CHECK(json::parse(on.people.list_text(topic))["ada"]["name"] == "Ada");
  CHECK(on.people.get_by_key(topic, "ada")["name"] == "Ada");
  CHECK(on.next_diff()["joins"]["ada"]["name"] == "Ada");
  on.people.track(on.who, topic, "eve", {{"n", 2}});
  CHECK(numbers(on.next_diff()["joins"], "eve") == std::vector{2});
  CHECK_THROWS_AS(on.people.list(topic), std::runtime_error);
  CHECK(on.node.log_lines().size() == 1);
}

TEST_CASE("handle_metas hears what has changed, and who is present then") {
  std::vector<std::string> heard;
  presence_options options;
  options.hooks.handle_metas = [&](std::string_view in, const json& joins,
                                   const json& leaves, const json& present) {
    heard.push_back(std::string(in) + ' ' + std::to_string(joins.size()) + ' '
                    + std::to_string(leaves.size()) + ' '
                    + std::to_string(numbers(present, "ada").size()));
  };
  one_node on(options);
  on.people.track(on.who, topic, "ada", {{"n", 1}});
  on.node.run_until_idle();
  on.people.track(on.node.spawn<puppet>(), topic, "ada", {{"n", 2}});
  on.node.run_until_idle();
  on.people.untrack(on.who);
  on.node.run_until_idle();
  CHECK(heard
        == std::vector<std::string>{"room:1 1 0 1", "room:1 1 0 2", "room:1 0 1 1"});
}

TEST_CASE("publish gets the diffs instead of the subscribers") {
  std::vector<std::string> heard;
  presence_options options;
  options.hooks.publish = [&](process&, const presence_diff& diff) {
    heard.push_back(diff.topic);
  };
  one_node on(options);
  on.people.track(on.who, topic, "ada");
  on.node.run_until_idle();
  CHECK(heard == std::vector<std::string>{topic});
  CHECK(on.next_diff().is_null());
}

TEST_CASE("two presences of a node are apart, and have names of their own") {
  stepped_node node(1);
  presence one(node);
  presence_options options;
  options.name = "others";
  presence other(node, options);
  CHECK_THROWS_AS(presence(node, options), std::invalid_argument);
  one.track(node.spawn<puppet>(), topic, "ada");
  CHECK(other.list(topic) == json::object());
  options.name = "third";
  options.periods.heartbeat = 0ms;
  CHECK_THROWS_AS(presence(node, options), std::invalid_argument);
}
