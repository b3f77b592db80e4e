// Actors on another CAF node, which a middleman represents by proxies.
#include "websock/runtime/interop/caf_term.hpp"
#include "websock/runtime/process/send_timers.hpp"
#include "websock/runtime/process/shard.hpp"

#include "tests/catch.hpp"
#include "tests/runtime/interop/caf_lab.hpp"

#include <caf/actor_proxy.hpp>
#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>
#include <caf/make_actor.hpp>

#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

namespace runtime = websock::runtime;

using namespace tests;
using runtime::process;

namespace {

/// Keeps what is sent to the actor elsewhere, in octets.
class proxy final : public caf::actor_proxy {
public:
  proxy(caf::actor_config& config, channel<std::string>& sent)
      : caf::actor_proxy(config), sent_(sent) {}

  void enqueue(caf::mailbox_element_ptr what, caf::execution_unit*) override {
    auto content = what->move_content_to_message();
    std::vector<char> octets;
    caf::binary_serializer sink(home_system(), octets);
    if (sink(content)) {
      sent_.put("unsendable");
      return;
    }
    caf::message read;
    caf::binary_deserializer source(home_system(), octets);
    sent_.put(source(read) ? "unreadable" : to_string(read));
  }
  void kill_proxy(caf::execution_unit* on, caf::error why) override {
    cleanup(std::move(why), on);
  }

private:
  channel<std::string>& sent_;
};

struct remote_lab : caf_lab {
  remote_lab() {
    caf::actor_config config;
    const auto elsewhere = caf::make_node_id(7, std::string(40, 'a'));
    remote = caf::make_actor<proxy, caf::strong_actor_ptr>(
        42, *elsewhere, &node.actor_system(), config, sent);
    actor = runtime::pid(remote.get());
  }
  /// The exit_msg of the actor elsewhere arrives.
  void exit_arrives(const runtime::pid& to, caf::exit_reason why) {
    caf::anon_send(runtime::to_actor(to),
                   caf::exit_msg{caf::actor_cast<caf::actor_addr>(remote), why});
  }
  /// It is known that the actor has ended.
  void proxy_ends(caf::exit_reason why) {
    static_cast<caf::actor_proxy*>(caf::actor_cast<caf::abstract_actor*>(remote))
        ->kill_proxy(nullptr, why);
  }

  channel<std::string> sent;
  caf::strong_actor_ptr remote;
  runtime::pid actor;
};

/// Not declared to CAF, and not to be written by it.
const runtime::exit_reason unknown_detail = runtime::reason::of(local{3});

} // namespace

TEST_CASE(
    "the end of a linked actor of another node is one exit, however often CAF tells "
    "it") {
  remote_lab lab;
  const auto ours = lab.process(exits::are_messages);
  lab.in(ours, [&](process& self) { self.link(lab.actor); });
  const bool exit_first = GENERATE(true, false);
  if (exit_first)
    lab.exit_arrives(ours, caf::exit_reason::user_shutdown);
  lab.proxy_ends(caf::exit_reason::user_shutdown);
  if (!exit_first)
    lab.exit_arrives(ours, caf::exit_reason::user_shutdown);
  CHECK(lab.heard.take() == "exit_signal shutdown");
  lab.settle(ours);
  CHECK(lab.heard.empty());
}

TEST_CASE("an exit of an actor of another node that is not linked is a signal") {
  remote_lab lab;
  const auto ours = lab.process(exits::are_messages);
  for (int i = 0; i < 2; ++i) {
    lab.exit_arrives(ours, caf::exit_reason::user_shutdown);
    CHECK(lab.heard.take() == "exit_signal shutdown");
  }
}

TEST_CASE("what CAF has types for arrives at an actor of another node") {
  remote_lab lab;
  lab.in(lab.process(), [&](process& self) {
    self.send(lab.actor, 1, std::string("a"), true);
    self.send(lab.actor, std::string("b"));
  });
  CHECK(lab.sent.take() == "(1, \"a\", true)");
  CHECK(lab.sent.take() == "(\"b\")");
}

TEST_CASE("anything else is an error at the sender, and nothing is sent") {
  remote_lab lab;
  lab.in(lab.process(), [&](process& self) {
    CHECK_THROWS_AS(self.send(lab.actor, local{1}), std::invalid_argument);
    CHECK_THROWS_AS(self.send(lab.actor, 1, declared{2}), std::invalid_argument);
    const runtime::term unknown =
        runtime::detail::to_term(caf::make_message(declared{2}));
    CHECK_THROWS_AS(self.send(lab.actor, unknown), std::invalid_argument);
    self.send(lab.actor, 2);
  });
  CHECK(lab.sent.take() == "(2)");
}

TEST_CASE("a timer whose message is refused does not try again") {
  remote_lab lab;
  const auto ours = lab.process();
  lab.in(ours, [&](process& self) {
    self.send_after(std::chrono::seconds(0), lab.actor, local{1});
    self.send_after(std::chrono::seconds(0), self, declared{1}); // after that
  });
  CHECK(lab.heard.take() == "declared 1");
  lab.in(ours, [](process& self) { CHECK(self.shard().message_timers().size() == 0); });
  CHECK(lab.sent.empty());
}

TEST_CASE("an exit reason that CAF cannot write arrives at another node as a text") {
  remote_lab lab;
  const auto ours = lab.process();
  SECTION("as an exit signal") {
    lab.in(ours, [&](process& self) { self.exit(lab.actor, unknown_detail); });
  }
  SECTION("by a link") {
    lab.in(ours, [&](process& self) { self.link(lab.actor); });
    lab.node.exit(ours, unknown_detail);
  }
  CHECK(lab.sent.take().find("local 3") != std::string::npos);
}
