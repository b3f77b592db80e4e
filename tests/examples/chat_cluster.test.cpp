// The chat on two nodes: visitors of both are in one room, and each node has all lines.
#include "websock/channels/presence_cluster.hpp"

#include "examples/chat/crossing.hpp"
#include "tests/distribution/stepped_cluster.hpp"
#include "tests/examples/chat_scene.hpp"
#include "tests/support/any_schedule.hpp"

#include <memory>
#include <string>
#include <vector>

namespace {

using namespace tests;
using strings = std::vector<std::string>;

const std::string room = "room:lobby";

class two_nodes {
public:
  explicit two_nodes(std::uint64_t seed) : nodes_(seed) {
    chat::register_lines();
    for (std::size_t i = 0; i < 2; ++i) {
      chats_.push_back(std::make_unique<chat_node>(
          nodes_.node(i), chat_node::settings{.name = stepped_cluster::name(i)},
          [this] { run(); }));
      websock::channels::join_cluster(chats_[i]->people(), nodes_.cluster(i));
    }
    nodes_.cluster(0).connect(stepped_cluster::name(1));
    run();
  }
  void run() { nodes_.advance(300ms); }
  chat_node& operator[](std::size_t i) { return *chats_[i]; }
  stepped_cluster& nodes() { return nodes_; }

private:
  stepped_cluster nodes_;
  std::vector<std::unique_ptr<chat_node>> chats_;
};

} // namespace

TEST_CASE("a line of one node is said on all, once, and every node keeps it") {
  two_nodes scene(any_schedule());
  visitor ada(scene[0], "Ada");
  visitor bob(scene[1], "Bob");
  CHECK(ada.join(room)["response"]["recovered"] == false);
  bob.join(room);
  CHECK(scene[0].people().list(room).size() == 2);
  CHECK(scene[1].people().list(room).size() == 2);
  ada.say("lobby", "1", "from a");
  bob.say("lobby", "2", "from b");
  for (const auto* each : {&ada, &bob})
    CHECK(each->heard("lobby") == strings{"from a", "from b"});
  CHECK(ada.got(room, "line")[0]["at"] == bob.got(room, "line")[0]["at"]);
  for (std::size_t i = 0; i < 2; ++i) {
    visitor late(scene[i], "Carol");
    CHECK(lines_of(late.join(room)) == strings{"from a", "from b"});
  }
}

TEST_CASE("a line that is sent again to another node is said once") {
  two_nodes scene(any_schedule());
  visitor ada(scene[0], "Ada");
  visitor bob(scene[1], "Bob");
  ada.join(room);
  bob.join(room);
  const auto first = ada.say("lobby", "1", "hello");
  ada.vanish();
  visitor again(scene[1], "Ada");
  again.join(room);
  const auto second = again.say("lobby", "1", "hello");
  CHECK(second["status"] == "ok");
  CHECK(second["response"]["at"] == first["response"]["at"]);
  CHECK(bob.heard("lobby") == strings{"hello"});
}

TEST_CASE("a room of one node is in the list of the other") {
  two_nodes scene(any_schedule());
  visitor list(scene[1], "Carol");
  list.join("rooms");
  visitor ada(scene[0], "Ada");
  ada.join(room);
  ada.say("lobby", "1", "hello");
  const auto news = list.got("rooms", "room");
  REQUIRE_FALSE(news.empty());
  CHECK(news.back()["name"] == "lobby");
  CHECK(news.back()["people"] == 1);
  CHECK(news.back()["number"] == 1);
}
