// What all engines promise of nodes that leave, stop and return, and of ways that break.
#include "tests/engines/listener.hpp"

#include <atomic>
#include <future>
#include <set>

using namespace tests;

namespace {

constexpr int many = 300;

struct unregistered {
  int value = 0;
};

/// Takes numbers up to the last one; they must rise, and these be missing.
void expect_all_but(listener& one, int first_missing, int last_missing, int last) {
  int before = -1;
  while (before != last) {
    const auto number = read_numbered(one.next()).number;
    REQUIRE(number > before);
    REQUIRE((number < first_missing || number > last_missing));
    before = number;
  }
  CHECK_FALSE(one.has_more());
}

/// Publishes to a topic of its own, and waits each time until a subscriber of the same
/// node has it. Whether it always had.
bool publish_one_by_one(engine_lab& lab, std::size_t node, const std::string& topic,
                        const std::atomic<bool>& is_over) {
  listener here(lab, node, 1, {topic});
  for (int i = 0; !is_over; ++i)
    try {
      pubsub::broadcast(lab.node(node), topic, numbered_text(topic, i));
      if (!here.hears(numbered_text(topic, i)))
        return false;
    } catch (const std::exception&) {
      return false;
    }
  return true;
}

} // namespace

TEST_CASE(
    "what is published while the ways are broken is lost elsewhere, and nothing comes "
    "twice or late") {
  const auto lab = any_engine();
  INFO(lab->kind().name);
  audience all(*lab);
  int n = 0;
  const auto publish = [&](int count) {
    for (int i = 0; i < count; ++i)
      pubsub::broadcast(lab->node(0), "news", numbered_text("a", n++));
  };
  publish(many);
  lab->interrupt();
  publish(many);
  lab->mend();
  publish(many);
  all.each([&](listener& one, std::size_t node) {
    INFO("a listener on node " << node);
    if (node == 0)
      for (int i = 0; i < n; ++i)
        REQUIRE(one.hears(numbered_text("a", i)));
    else
      expect_all_but(one, many, 2 * many - 1, n - 1);
  });
}

TEST_CASE("a node whose engine is gone lives on by itself, and is heard again when it is "
          "back") {
  const auto lab = any_engine();
  INFO(lab->kind().name);
  if (!lab->is_shared())
    return;
  audience all(*lab);
  lab->last_leaves();
  pubsub::broadcast(lab->node(0), "news", std::string("without the last"));
  pubsub::broadcast(lab->node(1), "news", std::string("nor this"));
  pubsub::local_broadcast(lab->node(lab->last()), "news", std::string("here"));
  all.each([&](listener& one, std::size_t node) {
    const auto heard = one.next(node == lab->last() ? 1 : 2);
    const std::set<std::string> wanted =
        node == lab->last() ? std::set<std::string>{"here"}
                            : std::set<std::string>{"without the last", "nor this"};
    CHECK(std::set<std::string>(heard.begin(), heard.end()) == wanted);
  });
  lab->last_returns();
  pubsub::broadcast(lab->node(lab->last()), "news", std::string("back"));
  CHECK(all.hears("back"));
  pubsub::broadcast(lab->node(0), "news", std::string("all together"));
  CHECK(all.hears("all together"));
  CHECK(all.is_silent());
}

TEST_CASE("a node without its engine may say anything to itself") {
  const auto lab = any_engine();
  INFO(lab->kind().name);
  audience all(*lab);
  lab->last_leaves();
  pubsub::broadcast(lab->node(lab->last()), "news", unregistered{1});
  all.each([&](listener& one, std::size_t node) {
    CHECK((node == lab->last() ? one.hears("?") : !one.has_more()));
  });
}

TEST_CASE("publishers go on while an engine comes and goes beside them") {
  const auto lab = any_engine();
  INFO(lab->kind().name);
  audience all(*lab);
  std::atomic<bool> is_over{false};
  const auto publish = [&](std::size_t node, const std::string& topic) {
    return std::async(std::launch::async, [&lab, &is_over, node, topic] {
      return publish_one_by_one(*lab, node, topic, is_over);
    });
  };
  auto first = publish(0, "of the first");
  auto last = publish(lab->last(), "of the last");
  for (int i = 0; i < 3; ++i) {
    lab->last_leaves();
    lab->last_returns();
  }
  is_over = true;
  CHECK(first.get());
  CHECK(last.get());
  pubsub::broadcast(lab->node(0), "news", std::string("all together"));
  CHECK(all.hears("all together"));
  CHECK(all.is_silent());
}

TEST_CASE("a node that stops is heard up to some message, and the others go on") {
  const auto lab = any_engine();
  INFO(lab->kind().name);
  audience all(*lab);
  for (int i = 0; i < many; ++i)
    pubsub::broadcast(lab->node(lab->last()), "news", numbered_text("last", i));
  lab->node(lab->last()).stop();
  pubsub::broadcast(lab->node(lab->last()), "news", numbered_text("stopped", many));
  if (!lab->is_shared())
    return;
  pubsub::broadcast(lab->node(0), "news", std::string("still here"));
  for (const std::size_t node : {0U, 1U})
    for (const std::size_t shard : {0U, 1U}) {
      auto& one = all.at(node, shard);
      int expected = 0;
      bool is_told = false;
      // What comes from the one that stopped may come before or after this.
      while (!is_told || (one.has_more() && expected < many)) {
        const auto text = one.next();
        if (text == "still here")
          is_told = true;
        else
          REQUIRE(text == numbered_text("last", expected++));
      }
    }
}
