// Presence as channels and their clients see it, where the recorded scenarios do not go.
#include "websock/channels/presence.hpp"
#include "websock/runtime/process/process_block.hpp"

#include "tests/channels/socket_lab.hpp"
#include "tests/support/puppet.hpp"

#include <stdexcept>

using namespace tests;
using websock::channels::presence;

TEST_CASE("a diff reaches clients without waking their channels") {
  socket_lab lab;
  presence people(lab.node.node());
  auto client = lab.connect();
  CHECK(lab.after(client, join_a) == lines{joined_a});
  const auto channel = lab.script.processes.at("room:a");
  const auto before = runtime::detail::find_block(channel)->messages_handled();
  people.track(lab.node.spawn<puppet>(), "room:a", "ada");
  lab.node.run_until_idle();
  const auto heard = lab.since(client, 1);
  REQUIRE(heard.size() == 1);
  const auto diff = json::parse(heard.front());
  CHECK(diff[3] == "presence_diff");
  CHECK(diff[4] == json{{"joins", people.list("room:a")}, {"leaves", json::object()}});
  CHECK(runtime::detail::find_block(channel)->messages_handled() == before);
}

TEST_CASE("a channel may intercept diffs") {
  socket_lab lab;
  lab.script.intercepted = {"presence_diff"};
  presence people(lab.node.node());
  auto client = lab.connect();
  CHECK(lab.after(client, join_a) == lines{joined_a});
  people.track(lab.node.spawn<puppet>(), "room:a", "ada");
  lab.node.run_until_idle();
  CHECK(lab.script.log == lines{"handle_out presence_diff"});
  CHECK(lab.since(client, 1).size() == 1);
}

TEST_CASE("a channel tracks itself in its topic, but pushes no state before its join is "
          "accepted") {
  socket_lab lab;
  presence people(lab.node.node());
  lab.script.join = [&](scripted_channel& its, const auto&) {
    CHECK_THROWS_AS(people.push_state(its), std::logic_error);
    CHECK(people.track(its, "ada", {{"n", 1}}));
    CHECK(people.update(its, "ada", {{"n", 2}}));
    CHECK_FALSE(people.update(its, "eve", {{"n", 3}}));
    return scripted_channel::accept();
  };
  auto client = lab.connect();
  static_cast<void>(lab.after(client, join_a));
  CHECK(people.get_by_key("room:a", "ada")["metas"][0]["n"] == 2);
  client.disconnect();
  lab.node.run_until_idle();
  CHECK(people.list("room:a") == json::object());
}
