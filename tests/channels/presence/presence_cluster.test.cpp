// Presence on two and three nodes, stepped: what each sees of the others, and when.
#include "tests/channels/presence/presence_scene.hpp"

#include <stdexcept>

using namespace tests;

TEST_CASE("who joins on one node is present on all, with the same reference") {
  presence_scene on(any_schedule(), 3);
  const auto who = on.track(0, "ada", {{"n", 1}});
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(on.diffs(i) == lines{"+ada"});
    CHECK(on.people(i).list(room) == on.people(0).list(room));
  }
  on.people(0).update(who, room, "ada", {{"n", 2}});
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(on.diffs(i) == lines{"+ada -ada"});
    CHECK(on.people(i).get_by_key(room, "ada")["metas"][0]["n"] == 2);
  }
  presence_scene::end(who);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(on.diffs(i) == lines{"-ada"});
    CHECK(on.people(i).list(room) == json::object());
  }
}

TEST_CASE("one key on two nodes has two metas, in the same order on both") {
  presence_scene on(any_schedule());
  on.track(1, "ada", {{"n", 2}});
  const auto first = on.track(0, "ada", {{"n", 1}});
  on.nodes.run_until_idle();
  const auto metas = on.people(0).get_by_key(room, "ada")["metas"];
  CHECK(metas.size() == 2);
  CHECK(metas[0]["n"] == 1);
  CHECK(on.people(1).get_by_key(room, "ada")["metas"] == metas);
  on.skip(1);
  presence_scene::end(first);
  CHECK(on.diffs(1) == lines{"-ada"});
  CHECK(on.people(1).get_by_key(room, "ada")["metas"].size() == 1);
}

TEST_CASE("who was there before two nodes met is told to both: one diff for a topic") {
  presence_scene on(any_schedule());
  on.cut(0, 1);
  on.follower(0).sleep(60s); // nobody knows the other any more
  on.track(0, "ada");
  on.track(1, "eve");
  on.track(1, "eve");
  CHECK(on.diffs(0) == lines{"+ada"});
  on.join_all();
  CHECK(on.diffs(0) == lines{"+eve2"});
  CHECK(on.people(0).list(room) == on.people(1).list(room));
}

TEST_CASE("the entries of a lost node stay for the down period, and come back the same") {
  presence_scene on(any_schedule());
  on.track(1, "eve");
  on.nodes.run_until_idle();
  const auto before = on.people(0).list(room);
  CHECK(before.size() == 1);
  on.skip(0);
  on.cut(0, 1);
  CHECK(on.diffs(0, 28s).empty());
  CHECK(on.people(0).list(room) == before);
  CHECK(on.diffs(0, 4s) == lines{"-eve"});
  CHECK(on.people(0).list(room) == json::object());
  on.join_all();
  CHECK(on.diffs(0) == lines{"+eve"});
  CHECK(on.people(0).list(room) == before);
}

TEST_CASE("nobody hears of a cut that is shorter than the down period") {
  presence_scene on(any_schedule());
  on.track(1, "eve");
  const auto gone = on.track(1, "ada");
  on.nodes.run_until_idle();
  on.skip(0);
  on.cut(0, 1);
  presence_scene::end(gone);
  CHECK(on.diffs(0, 10s).empty());
  on.join_all();
  CHECK(on.diffs(0) == lines{"-ada"}); // and of what has happened meanwhile once
}

TEST_CASE("who comes back by another node within the down period is an update") {
  presence_scene on(any_schedule(), 3);
  on.track(2, "ada"); // with two tabs
  on.track(2, "ada");
  on.nodes.run_until_idle();
  on.skip(0);
  on.skip(1);
  on.cut(2, 0);
  on.cut(2, 1);
  on.track(0, "ada");
  CHECK(on.diffs(0) == lines{"+ada -ada"});
  CHECK(on.diffs(1) == lines{"+ada -ada"});
  CHECK(on.people(1).get_by_key(room, "ada")["metas"].size() == 2);
  CHECK(on.diffs(1, 40s) == lines{"-ada"}); // the other tab
  CHECK(on.people(1).get_by_key(room, "ada")["metas"].size() == 1);
}

TEST_CASE("an entry that was taken the place of is there again if it never was away") {
  presence_scene on(any_schedule());
  on.track(1, "ada", {{"n", 2}});
  on.nodes.run_until_idle();
  on.skip(0);
  on.cut(0, 1);
  on.track(0, "ada", {{"n", 1}});
  CHECK(on.diffs(0, 5s) == lines{"+ada -ada"});
  on.join_all();
  CHECK(on.diffs(0) == lines{"+ada"});
  CHECK(on.people(0).get_by_key(room, "ada")["metas"].size() == 2);
  CHECK(on.people(0).list(room) == on.people(1).list(room));
}

TEST_CASE("when a node stops in good order, all there have left at once") {
  presence_scene on(any_schedule());
  on.track(0, "ada");
  on.track(1, "eve");
  on.nodes.run_until_idle();
  on.skip(0);
  on.stop(1);
  CHECK(on.diffs(0) == lines{"-eve"});
  on.start(1); // and sees who is here
  on.nodes.run_until_idle();
  CHECK(on.people(1).list(room) == on.people(0).list(room));
  CHECK(on.people(1).list(room).size() == 1);
}

TEST_CASE("a node that was killed and is back: its people rejoin without having left") {
  presence_scene on(any_schedule());
  on.track(0, "ada");
  on.track(1, "eve");
  on.track(1, "bob");
  on.nodes.run_until_idle();
  on.skip(0);
  on.kill_and_restart(1);
  on.join_all();
  CHECK(on.diffs(0, 5s).empty());
  on.track(1, "eve");
  CHECK(on.diffs(0) == lines{"+eve -eve"});
  CHECK(on.people(0).list(room).size() == 3);
  CHECK(on.diffs(0, 40s) == lines{"-bob"}); // who did not
  CHECK(on.people(0).list(room).size() == 2);
  CHECK(on.people(1).list(room) == on.people(0).list(room));
}

TEST_CASE("a node that takes nothing holds up nobody else") {
  presence_scene on(any_schedule(), 3, [](std::size_t, auto& options) {
    options.high_mark = 65'536;
    options.low_mark = 32'768;
  });
  on.nodes.hold(0, 1);
  const json meta{{"text", std::string(500, 'x')}};
  for (int i = 0; i < 1'000; ++i) {
    on.track(0, std::to_string(i), meta);
    if (i % 50 == 0)
      on.nodes.run_until_idle();
  }
  on.nodes.run_until_idle();
  CHECK(on.people(2).list(room).size() == 1'000);
  CHECK(on.diffs(2).size() >= 10);
  for (const auto& peer : on.nodes.cluster(0).peers())
    CHECK(peer.octets_unsent < 1'500'000); // what is said at once is a MiB
  on.nodes.heal(0, 1);
  on.nodes.run_until_idle();
  CHECK(on.people(1).list(room) == on.people(0).list(room));
}

TEST_CASE("more than the history is made good by a snapshot") {
  presence_options options;
  options.limits.history_steps = 10;
  options.limits.message_octets = 2'000;
  presence_scene on(any_schedule(), 2, {}, options);
  std::vector<pid> early;
  for (int i = 0; i < 100; ++i)
    early.push_back(on.track(0, "early" + std::to_string(i)));
  on.nodes.run_until_idle();
  CHECK(on.people(1).list(room) == on.people(0).list(room));
  on.skip(1);
  on.cut(0, 1);
  for (int i = 0; i < 100; ++i) {
    on.track(0, "late" + std::to_string(i));
    if (i % 2 == 0)
      presence_scene::end(early[static_cast<std::size_t>(i)]);
  }
  on.follower(0).sleep(5s);
  on.join_all();
  CHECK(on.people(1).list(room).size() == 150);
  CHECK(on.people(1).list(room) == on.people(0).list(room));
  CHECK(on.diffs(1).size() == 1);
}

TEST_CASE("presences of different names, and nodes without one, know nothing of it") {
  presence_scene on(any_schedule(), 3);
  on.stop(2);
  presence_options options;
  options.name = "others";
  presence others(on.nodes.node(2).node(), options);
  websock::channels::join_cluster(others, on.nodes.cluster(2));
  on.track(0, "ada");
  on.follower(0).sleep(20s); // greetings, again and again
  CHECK(on.people(1).list(room).size() == 1);
  CHECK(others.list(room) == json::object());
}

TEST_CASE("a presence that was made before its cluster cannot join it") {
  stepped_cluster nodes(1, 2);
  nodes.leave(0);
  presence early(nodes.node(0).node());
  nodes.rejoin(0);
  CHECK_THROWS_AS(websock::channels::join_cluster(early, nodes.cluster(0)),
                  std::logic_error);
}
