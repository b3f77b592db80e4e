// What all engines promise: whom a message is for, and what cannot cross.
#include "websock/runtime/address/not_transmissible.hpp"
#include "websock/runtime/thread_process.hpp"

#include "tests/engines/listener.hpp"

#include <set>

using namespace tests;

namespace {

struct unregistered {
  int value = 0;
};

/// Everybody hears "end" next, and nothing else has come.
[[nodiscard]] bool ends(engine_lab& lab, audience& all) {
  pubsub::broadcast(lab.node(0), "news", std::string("end"));
  return all.hears("end") && all.is_silent();
}

/// Whether a process that publishes is told that this cannot cross.
template <class Publish>
[[nodiscard]] bool is_refused(listener& publisher, Publish publish) {
  try {
    publisher.run(publish);
    return false;
  } catch (const runtime::not_transmissible&) {
    return true;
  }
}

} // namespace

TEST_CASE("broadcast_from leaves out its process, and nobody else on any node") {
  const auto lab = any_engine();
  INFO(lab->kind().name);
  audience all(*lab);
  listener& publisher = all.at(0);
  publisher.run([](process& self) {
    pubsub::broadcast_from(self, "news", std::string("from a process"));
  });
  pubsub::broadcast_from(lab->node(0), publisher.pid(), "news",
                         std::string("from a thread"));
  all.each([&](listener& one, std::size_t) {
    if (&one == &publisher)
      return;
    const std::set<std::string> wanted{"from a process", "from a thread"};
    const auto heard = one.next(2); // of two publishers, in any order
    CHECK(std::set<std::string>(heard.begin(), heard.end()) == wanted);
  });
  CHECK(ends(*lab, all));
}

TEST_CASE("a local broadcast stays on its node, whatever it says") {
  const auto lab = any_engine();
  INFO(lab->kind().name);
  audience all(*lab);
  all.at(0).run([](process& self) {
    pubsub::local_broadcast(self, "news", std::string("here"));
    pubsub::local_broadcast(self, "news", unregistered{1});
  });
  all.each([](listener& one, std::size_t node) {
    if (node != 0)
      return;
    CHECK(one.hears("here"));
    CHECK(one.hears("?"));
  });
  CHECK(ends(*lab, all));
}

TEST_CASE("a direct broadcast reaches the node that it names, and no other") {
  const auto lab = any_engine();
  INFO(lab->kind().name);
  audience all(*lab);
  for (std::size_t i = 0; i < lab->size(); ++i)
    pubsub::direct_broadcast(lab->node(0), lab->name(i), "news",
                             numbered_text("for node", static_cast<int>(i)));
  pubsub::direct_broadcast(lab->node(0), "nobody@127.0.0.1", "news",
                           std::string("for nobody"));
  all.each([](listener& one, std::size_t node) {
    CHECK(one.hears(numbered_text("for node", static_cast<int>(node))));
  });
  CHECK(ends(*lab, all));
}

TEST_CASE("direct broadcasts keep their places among the others of a publisher") {
  const auto lab = any_engine();
  INFO(lab->kind().name);
  audience all(*lab);
  constexpr int many = 50;
  const auto publish = [where = lab->name(lab->last())](process& self) {
    for (int i = 0; i < many; ++i) {
      pubsub::broadcast(self, "news", std::string(i % 10 == 0 ? 200'000 : 10, 'x'));
      pubsub::direct_broadcast(self, where, "news", numbered_text("direct", i));
    }
  };
  all.at(0, 1).run(publish);
  all.each([&](listener& one, std::size_t node) {
    for (int i = 0; i < many; ++i) {
      CHECK(one.next().front() == 'x');
      if (node == lab->last())
        CHECK(one.hears(numbered_text("direct", i)));
    }
  });
  CHECK(ends(*lab, all));
}

TEST_CASE(
    "a counted broadcast counts its own node's subscribers, and reaches the others") {
  const auto lab = any_engine();
  INFO(lab->kind().name);
  audience all(*lab);
  runtime::thread_process me(lab->node(0));
  const auto id = me.in_process([](process& self) {
    return pubsub::broadcast_counted(self, "news", std::string("counted"));
  });
  CHECK(all.hears("counted"));
  CHECK(me.receive(patience, [&](const pubsub::broadcast_result& result) {
    CHECK(result.id == id);
    CHECK(result.reached == 2);
    CHECK(result.shed == 0);
  }));
  CHECK(ends(*lab, all));
}

TEST_CASE("what cannot cross is refused before anybody gets it, and without an engine "
          "everything is delivered") {
  const auto lab = any_engine();
  INFO(lab->kind().name);
  audience all(*lab);
  listener& publisher = all.at(0);
  const auto there = lab->name(lab->last());
  const bool expected = lab->is_shared();
  CHECK(
      is_refused(publisher,
                 [](process& self) { pubsub::broadcast(self, "news", unregistered{1}); })
      == expected);
  CHECK(is_refused(
            publisher,
            [](process& self) { pubsub::broadcast_from(self, "news", unregistered{2}); })
        == expected);
  CHECK(is_refused(publisher,
                   [](process& self) {
                     static_cast<void>(
                         pubsub::broadcast_counted(self, "news", unregistered{3}));
                   })
        == expected);
  CHECK(is_refused(publisher,
                   [there](process& self) {
                     pubsub::direct_broadcast(self, there, "news", unregistered{4});
                   })
        == expected);
  if (!expected) { // one was not for the publisher itself
    CHECK(publisher.next(3) == std::vector<std::string>(3, "?"));
    CHECK(all.at(0, 1).next(4) == std::vector<std::string>(4, "?"));
  }
  CHECK(ends(*lab, all));
}

TEST_CASE("a pid crosses where something can be sent to it, and is refused elsewhere") {
  const auto lab = any_engine();
  INFO(lab->kind().name);
  audience all(*lab);
  listener& publisher = all.at(0);
  const auto publish = [](process& self) { pubsub::broadcast(self, "news", self.pid()); };
  CHECK(is_refused(publisher, publish) != lab->kind().carries_pids);
  if (lab->kind().carries_pids)
    CHECK(all.hears("?"));
  CHECK(ends(*lab, all));
}
