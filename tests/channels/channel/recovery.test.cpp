// Joining a topic with history: what a client is told, and what it gets.
#include "websock/channels/broadcast/broadcast_message.hpp"
#include "websock/channels/history/memory_store.hpp"
#include "websock/runtime/address/publication_route.hpp"
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/publication_routes.hpp"

#include "tests/channels/recovery_lab.hpp"

using namespace tests;
using namespace std::chrono_literals;
using websock::channels::broadcast;
using websock::channels::histories_of;
using websock::channels::local_broadcast;
using websock::channels::payload;

namespace {

std::string epoch_of(recovery_lab& lab, websock::testing::client& client,
                     std::size_t frame = 0) {
  lab.node.run_until_idle();
  const auto found = json::parse(client.texts().at(frame));
  return found[4]["response"]["recover"]["epoch"];
}
std::string recover(const std::string& epoch, int offset) {
  return R"("recover":{"epoch":")" + epoch + R"(","offset":)" + std::to_string(offset)
         + '}';
}
std::string said(const std::string& epoch, int n) {
  return R"([null,null,"room:a","said",{"n":)" + std::to_string(n) + ','
         + recover(epoch, n) + "}]";
}
std::string join_with(const std::string& params) {
  return R"(["1","1","room:a","phx_join",{)" + params + "}]";
}
std::string joined(const std::string& recovered, const std::string& position) {
  return replied(R"("1","1")", "room:a",
                 R"({"recovered":)" + recovered + ',' + position + '}');
}

} // namespace

TEST_CASE("a first join is told where it begins, and each broadcast where it stands") {
  recovery_lab lab;
  auto client = lab.connect();
  client.text(join_a);
  const auto epoch = epoch_of(lab, client);
  CHECK(client.texts() == lines{joined("false", recover(epoch, 0))});
  lab.say("room:a", 1);
  lab.say("room:a", 2);
  lab.node.run_until_idle();
  CHECK(lab.since(client, 1) == lines{said(epoch, 1), said(epoch, 2)});
}

TEST_CASE("what was missed comes behind the answer, in order, and then what is live") {
  recovery_lab lab;
  auto first = lab.connect();
  first.text(join_a);
  const auto epoch = epoch_of(lab, first);
  for (int n = 1; n <= 3; ++n)
    lab.say("room:a", n);
  auto second = lab.connect();
  second.text(join_with(recover(epoch, 1)));
  lab.node.run_until_idle();
  lab.say("room:a", 4);
  lab.node.run_until_idle();
  CHECK(second.texts()
        == lines{joined("true", recover(epoch, 1)), said(epoch, 2), said(epoch, 3),
                 said(epoch, 4)});
}

TEST_CASE(
    "what is said while a client joins comes once, though its shard has yet to hear "
    "of it") {
  recovery_lab lab;
  auto first = lab.connect();
  first.text(join_a);
  const auto epoch = epoch_of(lab, first);
  lab.say("room:a", 1);
  lab.node.run_until_idle();
  lab.script.join = [&](scripted_channel&, const auto&) {
    lab.say_elsewhere("room:a", 2);
    lab.say_elsewhere("room:a", 3);
    return scripted_channel::accept();
  };
  auto second = lab.connect();
  second.text(join_with(recover(epoch, 0)));
  lab.node.run_until_idle();
  CHECK(second.texts()
        == lines{joined("true", recover(epoch, 0)), said(epoch, 1), said(epoch, 2),
                 said(epoch, 3)});
  auto third = lab.connect();
  third.text(join_a);
  lab.node.run_until_idle();
  CHECK(third.texts() == lines{joined("false", recover(epoch, 5))});
  for (const auto& each : {lab.since(first, 1), lab.since(second, 1)})
    CHECK(each
          == lines{said(epoch, 1), said(epoch, 2), said(epoch, 3),
                   R"([null,null,"room:a","said",{"n":2,)" + recover(epoch, 4) + "}]",
                   R"([null,null,"room:a","said",{"n":3,)" + recover(epoch, 5) + "}]"});
}

TEST_CASE("missed messages are had by clients of version 1") {
  recovery_lab lab;
  auto first = lab.connect();
  first.text(join_a);
  const auto epoch = epoch_of(lab, first);
  lab.say("room:a", 1);
  auto old = lab.connect(serializer::v1);
  old.text(R"({"topic":"room:a","event":"phx_join","ref":"1","payload":{)"
           + recover(epoch, 0) + "}}");
  lab.node.run_until_idle();
  REQUIRE(old.texts().size() == 2);
  const auto got = json::parse(old.texts()[1]);
  CHECK(got["event"] == "said");
  CHECK(got["payload"]["recover"]["offset"] == 1);
}

TEST_CASE("another epoch, another life and nonsense are not recovered") {
  recovery_lab lab({.history = 2});
  auto first = lab.connect();
  first.text(join_a);
  const auto epoch = epoch_of(lab, first);
  for (int n = 1; n <= 3; ++n)
    lab.say("room:a", n);
  for (const auto& params :
       {recover("other", 3), recover(epoch, 0), recover(epoch, 4),
        std::string(R"("recover":7)"), std::string(R"("recover":{"epoch":"x"})"),
        R"("recover":{"epoch":")" + epoch + R"(","offset":-1})",
        R"("recover":{"epoch":")" + epoch + R"(","offset":2.5})"}) {
    auto client = lab.connect();
    client.text(join_with(params));
    lab.node.run_until_idle();
    CHECK(client.texts() == lines{joined("false", recover(epoch, 3))});
  }
}

TEST_CASE("a quiet room is recovered without messages, however long it was quiet") {
  recovery_lab lab({.history = 2, .history_time = 1min});
  auto first = lab.connect();
  first.text(join_a);
  const auto epoch = epoch_of(lab, first);
  lab.say("room:a", 1);
  lab.node.run_until_idle();
  first.reset();
  lab.node.advance(1h);
  auto second = lab.connect();
  second.text(join_with(recover(epoch, 1)));
  lab.node.run_until_idle();
  CHECK(second.texts() == lines{joined("true", recover(epoch, 1))});
  auto third = lab.connect();
  third.text(join_with(recover(epoch, 0)));
  lab.node.run_until_idle();
  CHECK(third.texts() == lines{joined("false", recover(epoch, 1))});
  CHECK(histories_of(lab.node.node()).expired == 1);
}

TEST_CASE("the answer of the application is extended") {
  recovery_lab lab;
  lab.script.join = [](scripted_channel&, const auto&) {
    return join_result(join_result::kind::accepted, json{{"a", 1}});
  };
  auto client = lab.connect();
  client.text(join_a);
  const auto epoch = epoch_of(lab, client);
  CHECK(client.texts()
        == lines{replied(R"("1","1")", "room:a",
                         R"({"a":1,"recovered":false,)" + recover(epoch, 0) + '}')});
}

TEST_CASE("an answer that is no object crashes the join") {
  recovery_lab lab;
  lab.script.join = [](scripted_channel&, const auto&) {
    return join_result(join_result::kind::accepted, json::array());
  };
  auto client = lab.connect();
  CHECK(
      lab.after(client, join_a)
      == lines{replied(R"("1","1")", "room:a", R"({"reason":"join crashed"})", "error")});
}

TEST_CASE("events that are not kept, octets and local broadcasts have no position") {
  recovery_lab lab({.history = 9, .unkept = {"typing"}});
  auto client = lab.connect();
  client.text(join_a);
  const auto epoch = epoch_of(lab, client);
  broadcast(lab.node.node(), "room:a", "typing");
  broadcast(lab.node.node(), "room:a", "said", payload::binary("x"));
  local_broadcast(lab.node.node(), "room:a", "here");
  lab.say("room:a", 1);
  lab.node.run_until_idle();
  CHECK(lab.since(client, 1)
        == lines{R"([null,null,"room:a","typing",{}])",
                 R"([null,null,"room:a","here",{}])", said(epoch, 1)});
  CHECK(client.frames().size() == 5);
  CHECK(histories_of(lab.node.node()).appended == 1);
}

TEST_CASE("a channel's broadcast comes before its reply") {
  recovery_lab lab;
  auto client = lab.connect();
  client.text(join_a);
  const auto epoch = epoch_of(lab, client);
  CHECK(lab.after(client, R"(["1","2","room:a","say",{"n":1}])")
        == lines{said(epoch, 1), replied(R"("1","2")", "room:a", "{}")});
}

TEST_CASE("what a channel leaves out for itself is missed by nobody else") {
  recovery_lab lab;
  lab.script.handle_in = [](scripted_channel& its, std::string_view, const auto& in) {
    its.broadcast_from("said", in);
    return scripted_channel::answer({});
  };
  auto first = lab.connect();
  first.text(join_a);
  const auto epoch = epoch_of(lab, first);
  auto second = lab.connect();
  second.text(join_a);
  lab.node.run_until_idle();
  CHECK(lab.after(first, R"(["1","2","room:a","say",{"n":1}])")
        == lines{replied(R"("1","2")", "room:a", "{}")});
  CHECK(lab.since(second, 1) == lines{said(epoch, 1)});
}

TEST_CASE("intercepted messages keep their place among the others, and their position") {
  recovery_lab lab;
  lab.script.intercepted = {"said"};
  auto first = lab.connect();
  first.text(join_a);
  const auto epoch = epoch_of(lab, first);
  const auto pushed = [&](const std::string& event, int n) {
    return R"(["1",null,"room:a",")" + event + R"(",{"n":)" + std::to_string(n) + ','
           + recover(epoch, n) + "}]";
  };
  for (int n = 1; n <= 4; ++n)
    broadcast(lab.node.node(), "room:a", n % 2 != 0 ? "said" : "other", {{"n", n}});
  lab.node.run_until_idle();
  CHECK(lab.since(first, 1)
        == lines{pushed("said", 1), pushed("other", 2), pushed("said", 3),
                 pushed("other", 4)});
  CHECK(lab.script.log == lines{"handle_out said", "handle_out said"});
  auto second = lab.connect();
  second.text(join_with(recover(epoch, 2)));
  lab.node.run_until_idle();
  CHECK(
      second.texts()
      == lines{joined("true", recover(epoch, 2)), pushed("said", 3), pushed("other", 4)});
  CHECK(lab.script.log.size() == 3);
}

TEST_CASE("a topic has the options of the first pattern that matches it") {
  recovery_lab lab;
  const int other = 0;
  auto& all = lab.histories();
  all.add(&other, "room:private", {});
  all.add(&other, "news", {.history = 7});
  all.add(&other, "*", {.history = 8});
  REQUIRE(all.find("room:private") != nullptr); // the other socket keeps it
  CHECK(all.find("room:private")->history == 100);
  CHECK(all.find("news")->history == 7);
  CHECK(all.find("newsroom")->history == 8);
  const int third = 0;
  runtime::testing::stepped_node another(1);
  auto& few = another.node().extension<topic_histories>();
  CHECK(few.find("room:a") == nullptr);
  few.add(&third, "room:private", {});
  few.add(&third, "room:*", {.history = 1});
  CHECK(few.find("room:private") == nullptr);
  CHECK(few.find("room:a") != nullptr);
  CHECK(few.find("x") == nullptr);
  CHECK_THROWS_AS(few.add(&third, "x", {.history = 1, .history_time = 0s}),
                  std::invalid_argument);
}

namespace {

/// Fails when told to.
struct failing_store final : websock::channels::history_store {
  websock::channels::position last(std::string_view) override { return {"e", 0}; }
  void append(std::string_view, const topic_options&, const websock::channels::position&,
              std::string_view, std::string_view, runtime::time_point) override {
    throw std::runtime_error("full");
  }
  websock::channels::missed_messages since(std::string_view, const topic_options&,
                                           const websock::channels::position&,
                                           runtime::time_point) override {
    return {};
  }
  websock::channels::history_figures figures() const override { return {}; }
};

} // namespace

TEST_CASE("what cannot be kept is delivered to nobody, and the next one is fine") {
  recovery_lab lab;
  auto client = lab.connect();
  client.text(join_a);
  lab.node.run_until_idle();
  auto memory = std::make_shared<websock::channels::memory_store>();
  websock::channels::keep_histories(lab.node.node(), std::make_shared<failing_store>());
  CHECK_THROWS_AS(lab.say("room:a", 1), std::runtime_error);
  websock::channels::keep_histories(lab.node.node(), memory);
  lab.say("room:a", 2);
  lab.node.run_until_idle();
  REQUIRE(client.texts().size() == 2);
  CHECK(json::parse(client.texts()[1])[4]["n"] == 2);
}

namespace {

/// A cluster without other nodes.
class lone_route final : public runtime::detail::publication_route {
public:
  std::unique_ptr<runtime::detail::departing_publication>
  departing(std::string_view, const runtime::term& message) override {
    departed = message.get_if<websock::channels::broadcast_message>()->at() == nullptr;
    return nullptr;
  }
  bool publish_at(const std::string&, std::string_view, const runtime::term&) override {
    return false;
  }

  bool departed = false; // without a position
};

} // namespace

TEST_CASE("in a cluster a client is recovered too, and told what it has seen of whom") {
  const auto route = std::make_shared<lone_route>();
  recovery_lab lab;
  auto first = lab.connect();
  first.text(join_a);
  const auto epoch = epoch_of(lab, first);
  auto& routes = lab.node.node().extension<runtime::detail::publication_routes>();
  routes.add(route);
  lab.say("room:a", 1);
  CHECK(route->departed);
  auto second = lab.connect();
  second.text(join_with(recover(epoch, 0)));
  lab.node.run_until_idle();
  REQUIRE(second.texts().size() == 2);
  CHECK(json::parse(second.texts()[0])[4]["response"]["recovered"] == true);
  const auto said = json::parse(second.texts()[1])[4];
  CHECK(said["n"] == 1);
  CHECK(said["recover"]["offset"] == 1);
  auto seen = said["recover"]["seen"];
  CHECK(seen.erase("") == 1);
  REQUIRE(seen.size() == 1);
  CHECK(seen.begin().value() == 1);
  routes.remove(*route);
}
