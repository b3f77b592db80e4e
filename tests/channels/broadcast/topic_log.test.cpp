// Topics whose messages a log outside of the node keeps: what joins wait for, and what
// becomes of what is read. The log is the test's own.
#include "websock/channels/broadcast/broadcast_message.hpp"
#include "websock/channels/broadcast/wall_clock.hpp"
#include "websock/channels/channel/channel_messages.hpp"
#include "websock/runtime/process/publication_routes.hpp"
#include "websock/runtime/registry/pubsub.hpp"

#include "tests/channels/recovery_lab.hpp"

#include <chrono>
#include <deque>
#include <new>

using namespace tests;
using namespace std::chrono_literals;
using numbers = std::vector<int>;
using runtime::detail::log_bounds;
using runtime::detail::log_reading;
using websock::channels::broadcast_message;
using websock::channels::origin;

namespace {

/// A way to other nodes that do not exist, with a log that answers when it is told to.
class kept_elsewhere final : public runtime::detail::publication_route,
                             public runtime::detail::publication_log {
public:
  std::unique_ptr<runtime::detail::departing_publication>
  departing(std::string_view, const runtime::term&) override {
    return nullptr;
  }
  std::unique_ptr<runtime::detail::departing_publication>
  departing_to_log(std::string_view, const runtime::term& message,
                   const log_bounds& bounds) override {
    if (keeps)
      kept.push_back(message);
    asked_to_keep = bounds;
    return nullptr;
  }
  bool publish_at(const std::string&, std::string_view, const runtime::term&) override {
    return false;
  }
  publication_log* topic_log() noexcept override { return this; }
  void read(std::string, const log_bounds&, reader done) override {
    if (has_no_memory)
      throw std::bad_alloc();
    ++reads;
    waiting.push_back(std::move(done));
  }

  void answer(bool is_read = true) {
    log_reading all{is_read, {}};
    for (std::size_t i = 0; is_read && i < kept.size(); ++i)
      all.kept.push_back({kept[i], age});
    waiting.front()(all);
    waiting.pop_front();
  }
  /// As if another node had kept it.
  void keep(const std::string& source, std::uint64_t number, int n) {
    kept.emplace_back(
        broadcast_message("room:a", "said", {{"n", n}}, origin{source, number}));
  }

  bool keeps = true;
  bool has_no_memory = false;
  int reads = 0;
  runtime::duration age = 1min;
  std::vector<runtime::term> kept;
  std::deque<reader> waiting;
  log_bounds asked_to_keep;
};

struct log_lab : recovery_lab {
  explicit log_lab(topic_options options = {.history = 100})
      : recovery_lab(std::move(options)) {
    node.node().extension<runtime::detail::publication_routes>().add(log);
    // As an engine does when it begins to hear others.
    runtime::pubsub::detail::arrivals_interrupted(node.node());
  }
  /// What arrives from another node.
  void hear(const std::string& source, std::uint64_t number, int n) {
    runtime::pubsub::detail::publish_arrived(
        node.node(), "room:a",
        runtime::term(
            broadcast_message("room:a", "said", {{"n", n}}, origin{source, number})));
    node.run_until_idle();
  }
  /// Has the page join, and the log answer.
  void join(page& who) {
    who.connect();
    node.run_until_idle();
    while (!log->waiting.empty()) {
      log->answer();
      node.run_until_idle();
    }
    who.read();
    REQUIRE(who.has_joined());
  }

  std::shared_ptr<kept_elsewhere> log = std::make_shared<kept_elsewhere>();
};

/// What a client has that has seen this on another node.
[[nodiscard]] json seen_elsewhere(const std::string& source, std::uint64_t number,
                                  std::chrono::seconds ago = 30s) {
  const auto then = websock::channels::wall_clock()
                    - static_cast<std::uint64_t>(std::chrono::microseconds(ago).count());
  return {{"epoch", "other"}, {"offset", 1}, {"seen", {{"", then}, {source, number}}}};
}

/// Joins with a position of another node; the answer and all that has come since.
struct stranger {
  stranger(log_lab& on, json recover) : client(on.connect()) {
    client.text(
        json::array({"1", "1", "room:a", "phx_join", {{"recover", recover}}}).dump());
    on.node.run_until_idle();
    while (!on.log->waiting.empty()) {
      on.log->answer();
      on.node.run_until_idle();
    }
    for (const auto& each : client.texts()) {
      const auto frame = json::parse(each);
      if (frame.at(3) == "phx_reply")
        has_recovered = frame.at(4).at("response").at("recovered");
      else
        heard.push_back(frame.at(4).at("n"));
    }
  }

  websock::testing::client client;
  bool has_recovered = false;
  numbers heard;
};

} // namespace

TEST_CASE("a join waits until the log has answered, and pushes wait for the join") {
  log_lab on;
  on.log->keep("other", 1, 1);
  page ada(on, "room:a");
  ada.connect();
  on.node.run_until_idle();
  ada.push(7);
  on.node.run_until_idle();
  ada.read();
  CHECK_FALSE(ada.has_joined());
  on.log->answer();
  on.node.run_until_idle();
  ada.read();
  CHECK(ada.has_joined());
  CHECK_FALSE(ada.has_recovered()); // it has asked for nothing
  CHECK(ada.numbers() == numbers{7});
  CHECK(ada.offsets() == std::vector<std::uint64_t>{2});
}

TEST_CASE("a join that waits itself waits for the log as well") {
  log_lab on;
  on.script.join = [](scripted_channel& its, const auto&) -> join_result {
    return [](runtime::process& self) -> join_result {
      co_await self.sleep(1s);
      co_return scripted_channel::accept();
    }(its.self());
  };
  page ada(on, "room:a");
  ada.connect();
  on.node.run_until_idle();
  CHECK(on.log->reads == 0);
  on.node.advance(1s);
  on.node.run_until_idle();
  CHECK(on.log->reads == 1);
  on.log->answer();
  on.node.run_until_idle();
  ada.read();
  CHECK(ada.has_joined());
}

TEST_CASE("a topic is read once for all who join at the same time") {
  log_lab on;
  on.log->keep("other", 1, 1);
  std::vector<page> all(4, page(on, "room:a"));
  for (auto& each : all)
    each.connect();
  on.node.run_until_idle();
  CHECK(on.log->reads == 1);
  on.log->answer();
  on.node.run_until_idle();
  for (auto& each : all) {
    each.read();
    CHECK(each.has_joined());
  }
  page late(on, "room:a");
  on.join(late);
  CHECK(on.log->reads == 1);
}

TEST_CASE("who has seen one of the kept messages gets the others") {
  log_lab on;
  for (int n = 1; n <= 5; ++n)
    on.log->keep("other", static_cast<std::uint64_t>(n), n);
  const stranger ada(on, seen_elsewhere("other", 3));
  CHECK(ada.has_recovered);
  CHECK(ada.heard == numbers{4, 5});
}

TEST_CASE("who was away before the first kept message has missed others") {
  log_lab on;
  for (int n = 4; n <= 6; ++n)
    on.log->keep("other", static_cast<std::uint64_t>(n), n);
  CHECK_FALSE(stranger(on, seen_elsewhere("other", 3, 5min)).has_recovered);
  // Since then, but nobody knows what was said before by others.
  CHECK(stranger(on, seen_elsewhere("other", 3, 10s)).has_recovered);
}

TEST_CASE("an empty log recovers nobody from before, and everybody since") {
  log_lab on;
  CHECK_FALSE(stranger(on, seen_elsewhere("other", 3)).has_recovered);
  page ada(on, "room:a");
  on.join(ada);
  on.say("room:a", 1);
  on.node.run_until_idle();
  ada.vanish();
  on.say("room:a", 2);
  on.node.run_until_idle();
  on.join(ada);
  CHECK(ada.has_recovered());
  CHECK(ada.numbers() == numbers{1, 2});
}

TEST_CASE("what has arrived while nobody had read stands behind what was kept before") {
  log_lab on;
  on.log->keep("other", 1, 1);
  on.log->keep("other", 2, 2);
  on.hear("other", 2, 2);
  on.log->keeps = false;
  on.say("room:a", 3); // which never got to the log
  on.node.run_until_idle();
  const stranger ada(on, seen_elsewhere("other", 1));
  CHECK_FALSE(ada.has_recovered); // this node has spoken since
  CHECK(on.histories().figures().messages == 3);
  page bob(on, "room:a");
  on.join(bob);
  bob.vanish();
  on.hear("other", 3, 4);
  on.join(bob);
  CHECK(bob.has_recovered());
  CHECK(bob.numbers() == numbers{4});
}

TEST_CASE("a hole in the log is one for those who were away before it") {
  log_lab on;
  on.log->keep("other", 1, 1);
  on.log->keep("other", 3, 3);
  on.log->keep("other", 4, 4);
  CHECK_FALSE(stranger(on, seen_elsewhere("other", 1)).has_recovered);
  const stranger bob(on, seen_elsewhere("other", 3));
  CHECK(bob.has_recovered);
  CHECK(bob.heard == numbers{4});
}

TEST_CASE("what was lost on the way here is found in the log") {
  log_lab on;
  page ada(on, "room:a");
  for (int n = 1; n <= 2; ++n) {
    on.log->keep("other", static_cast<std::uint64_t>(n), n);
    on.hear("other", static_cast<std::uint64_t>(n), n);
  }
  on.join(ada);
  ada.vanish();
  on.log->keep("other", 3, 3); // not heard
  runtime::pubsub::detail::arrivals_interrupted(on.node.node());
  on.log->keep("other", 4, 4);
  on.hear("other", 4, 4);
  on.join(ada);
  CHECK(on.log->reads == 2);
  CHECK(ada.has_recovered());
  CHECK(ada.numbers() == numbers{3, 4});
}

TEST_CASE("what is in the log and older than what this node keeps changes nothing") {
  log_lab on({.history = 3});
  page ada(on, "room:a");
  for (int n = 1; n <= 9; ++n) {
    on.log->keep("other", static_cast<std::uint64_t>(n), n);
    on.hear("other", static_cast<std::uint64_t>(n), n);
  }
  on.join(ada);
  const auto epoch = ada.last().at("epoch");
  ada.vanish();
  runtime::pubsub::detail::arrivals_interrupted(on.node.node());
  on.join(ada);
  CHECK(on.log->reads == 2);
  CHECK(ada.has_recovered());
  CHECK(ada.last().at("epoch") == epoch);
}

TEST_CASE("a log that is out of reach is done without, and asked again") {
  log_lab on;
  page ada(on, "room:a");
  on.log->keep("other", 1, 1);
  ada.connect();
  on.node.run_until_idle();
  on.log->answer(false);
  on.node.run_until_idle();
  ada.read();
  CHECK(ada.has_joined());
  on.log->has_no_memory = true;
  page bob(on, "room:a");
  on.join(bob);
  on.log->has_no_memory = false;
  const stranger eve(on, seen_elsewhere("other", 1));
  CHECK(eve.has_recovered);
  CHECK(on.log->reads == 2);
}

TEST_CASE("a log that never answers holds a join up for a time only") {
  log_lab on;
  page ada(on, "room:a");
  ada.connect();
  on.node.run_until_idle();
  on.node.advance(15s);
  on.node.run_until_idle();
  ada.read();
  CHECK(ada.has_joined());
}

TEST_CASE("an answer that comes after a client has gone is no matter") {
  log_lab on;
  on.log->keep("other", 1, 1);
  page ada(on, "room:a");
  ada.connect();
  on.node.run_until_idle();
  ada.vanish();
  on.node.run_until_idle();
  on.log->answer();
  on.node.run_until_idle();
  on.join(ada);
  CHECK(on.log->reads == 1);
}

TEST_CASE("what is not of this topic, or has no number, is a hole") {
  log_lab on;
  on.log->keep("other", 1, 1);
  on.log->kept.emplace_back(std::string("anything"));
  on.log->keep("other", 2, 2);
  CHECK_FALSE(stranger(on, seen_elsewhere("other", 1, 5min)).has_recovered);
  CHECK(on.histories().figures().messages == 1);
}

TEST_CASE("what was kept for too long is known, and not given to anybody") {
  log_lab on({.history = 100, .history_time = 50s});
  on.log->keep("other", 1, 1);
  on.log->keep("other", 2, 2);
  CHECK_FALSE(stranger(on, seen_elsewhere("other", 1)).has_recovered);
  CHECK(stranger(on, seen_elsewhere("other", 2)).has_recovered);
}

TEST_CASE("broadcasts leave with the bounds of their topic") {
  log_lab on({.history = 7, .history_time = 90s, .history_octets = 1'000});
  on.say("room:a", 1);
  CHECK(on.log->asked_to_keep.messages == 7);
  CHECK(on.log->asked_to_keep.time == 90s);
  CHECK(on.log->asked_to_keep.octets >= 1'000);
  REQUIRE(on.log->kept.size() == 1);
  CHECK(on.log->kept.front().get<broadcast_message>().from()->number == 1);
  on.say("lobby", 1); // without a history
  CHECK(on.log->kept.size() == 1);
}

TEST_CASE("with another way beside it a log does not know all, and is not asked") {
  log_lab on;
  on.node.node().extension<runtime::detail::publication_routes>().add(
      std::make_shared<kept_elsewhere>());
  page ada(on, "room:a");
  on.join(ada);
  CHECK(on.log->reads == 0);
}
