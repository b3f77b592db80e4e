// What all engines promise: who gets a message, how often, and in which order.
#include "tests/engines/listener.hpp"

#include <algorithm>
#include <map>
#include <set>

using namespace tests;

namespace {

constexpr int many = 150;

/// The numbers of each publisher among these texts.
[[nodiscard]] std::map<std::string, std::vector<int>>
by_publisher(const std::vector<std::string>& texts) {
  std::map<std::string, std::vector<int>> all;
  for (const auto& each : texts) {
    const auto [publisher, number] = read_numbered(each);
    all[publisher].push_back(number);
  }
  return all;
}

[[nodiscard]] std::vector<int> up_to(int count) {
  std::vector<int> all;
  for (int i = 0; i < count; ++i)
    all.push_back(i);
  return all;
}

void publish_many(const std::string& who, process& self) {
  for (int i = 0; i < many; ++i)
    pubsub::broadcast(self, "news", numbered_text(who, i));
}

} // namespace

TEST_CASE("everybody gets each message once, and those of a publisher in its order") {
  const auto lab = any_engine();
  INFO(lab->kind().name);
  audience all(*lab);
  std::size_t publishers = 1;
  all.each([&](listener& one, std::size_t) {
    one.start([who = "process " + std::to_string(publishers)](process& self) {
      publish_many(who, self);
    });
    ++publishers;
  });
  for (int i = 0; i < many; ++i)
    pubsub::broadcast(lab->node(lab->last()), "news", numbered_text("thread", i));
  all.each([&](listener& one, std::size_t node) {
    INFO("a listener on node " << node);
    const auto found = by_publisher(one.next(publishers * many));
    CHECK(found.size() == publishers);
    for (const auto& [who, numbers] : found) {
      INFO(who);
      CHECK(numbers == up_to(many));
    }
  });
  for (std::size_t i = 0; i < lab->size(); ++i) { // nothing comes twice behind them
    pubsub::broadcast(lab->node(i), "news", std::string("end"));
    CHECK(all.hears("end"));
  }
  CHECK(all.is_silent());
}

TEST_CASE(
    "a subscriber beside the publisher hears a message before any answer to it from "
    "elsewhere") {
  const auto lab = any_engine();
  INFO(lab->kind().name);
  if (!lab->is_shared())
    return;
  const auto answer = [](process& self, const std::string& text) {
    const auto [what, number] = read_numbered(text);
    if (what == "question")
      pubsub::broadcast(self, "news", numbered_text("answer", number));
  };
  const listener there(*lab, 1, 1, {"news"}, answer);
  std::vector<std::unique_ptr<listener>> here;
  for (const std::size_t shard : {0U, 1U})
    here.push_back(std::make_unique<listener>(*lab, 0, shard));
  for (int i = 0; i < many; ++i)
    pubsub::broadcast(lab->node(0), "news", numbered_text("question", i));
  for (const auto& each : here) {
    std::set<int> asked;
    for (const auto& text : each->next(2 * many)) {
      const auto [what, number] = read_numbered(text);
      if (what == "question")
        asked.insert(number);
      else
        CHECK(asked.contains(number));
    }
  }
}

TEST_CASE("a publisher gets its own message in its next turn, whatever the engine does") {
  const auto lab = any_engine();
  INFO(lab->kind().name);
  audience all(*lab);
  lab->interrupt();
  listener& publisher = all.at(0);
  for (int i = 0; i < many; ++i) {
    publisher.run([i](process& self) {
      pubsub::broadcast(self, "news", numbered_text("mine", i));
    });
    publisher.run([](process&) {});
    CHECK(publisher.has_more());
    CHECK(publisher.hears(numbered_text("mine", i)));
  }
  CHECK(by_publisher(all.at(0, 1).next(many)).at("mine") == up_to(many));
  all.each(
      [&](listener& one, std::size_t node) { CHECK((node == 0 || !one.has_more())); });
}

TEST_CASE("each subscription of a process delivers once") {
  const auto lab = any_engine();
  INFO(lab->kind().name);
  listener twice(*lab, lab->last(), 0, {"news", "news"});
  pubsub::broadcast(lab->node(0), "news", std::string("first"));
  pubsub::broadcast(lab->node(0), "news", std::string("second"));
  auto heard = twice.next(4); // in order for each subscription
  CHECK(heard.front() == "first");
  CHECK(heard.back() == "second");
  std::sort(heard.begin(), heard.end());
  CHECK(heard == std::vector<std::string>{"first", "first", "second", "second"});
}

TEST_CASE("a subscription ends with unsubscribe, and with its process") {
  const auto lab = any_engine();
  INFO(lab->kind().name);
  listener keeps(*lab, lab->last(), 0, {"news", "other"});
  listener ends(*lab, lab->last(), 1, {"news", "other"});
  const listener dies(*lab, lab->last(), 1);
  ends.run([](process& self) { pubsub::unsubscribe(self, "news"); });
  dies.start([](process& self) { self.exit(runtime::reason::normal); });
  wait_until([&] { return !dies.pid().is_alive(); });
  pubsub::broadcast(lab->node(0), "news", std::string("to one"));
  pubsub::broadcast(lab->node(0), "other", std::string("to two"));
  CHECK(keeps.hears("to one"));
  CHECK(keeps.hears("to two"));
  CHECK(ends.hears("to two"));
  CHECK_FALSE(ends.has_more());
}

TEST_CASE("each of many topics, of any octets, reaches its own subscribers") {
  const auto lab = any_engine();
  INFO(lab->kind().name);
  std::vector<std::string> topics{"", std::string("\0\xFF\n", 3), std::string(300, 't')};
  for (int i = 0; i < 200; ++i)
    topics.push_back("topic:" + std::to_string(i));
  std::vector<std::unique_ptr<listener>> readers;
  for (std::size_t first : {0U, 1U}) { // even ones and odd ones
    std::vector<std::string> some;
    for (std::size_t i = first; i < topics.size(); i += 2)
      some.push_back(topics[i]);
    readers.push_back(std::make_unique<listener>(*lab, lab->last(), first, some));
  }
  for (std::size_t i = 0; i < topics.size(); ++i)
    pubsub::broadcast(lab->node(0), topics[i],
                      numbered_text("topic", static_cast<int>(i)));
  for (std::size_t i = 0; i < topics.size(); ++i)
    CHECK(readers[i % 2]->hears(numbered_text("topic", static_cast<int>(i))));
  CHECK_FALSE(readers[0]->has_more());
  CHECK_FALSE(readers[1]->has_more());
}

TEST_CASE("a message of a megabyte arrives whole, and before what follows it") {
  const auto lab = any_engine();
  INFO(lab->kind().name);
  audience all(*lab);
  std::string large(1 << 20, 'x');
  for (std::size_t i = 0; i < large.size(); ++i)
    large[i] = static_cast<char>(i * 7 / 3);
  all.at(0).run([&large](process& self) {
    pubsub::broadcast(self, "news", std::string("before"));
    pubsub::broadcast(self, "news", large);
    pubsub::broadcast(self, "news", std::string("after"));
  });
  all.each([&](listener& one, std::size_t) {
    CHECK(one.hears("before"));
    CHECK((one.next() == large)); // not to be printed
    CHECK(one.hears("after"));
  });
}

TEST_CASE("what an engine has sent and what others have received add up") {
  const auto lab = any_engine();
  INFO(lab->kind().name);
  audience all(*lab);
  std::vector<engine_flow> before;
  for (std::size_t i = 0; i < lab->size(); ++i)
    before.push_back(lab->flow(i));
  for (int i = 0; i < many; ++i)
    pubsub::broadcast(lab->node(0), "news", numbered_text("a", i));
  all.each([](listener& one, std::size_t) { static_cast<void>(one.next(many)); });
  const auto others = lab->size() - 1;
  CHECK(lab->flow(0).sent == before[0].sent + many * others);
  CHECK(lab->flow(0).received == before[0].received);
  for (std::size_t i = 1; i < lab->size(); ++i) {
    CHECK(lab->flow(i).received == before[i].received + many);
    CHECK(lab->flow(i).sent == before[i].sent);
  }
}
