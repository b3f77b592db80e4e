// Plain CAF actors beside processes: messages and requests, on threads.
#include "websock/runtime/address/gen_call.hpp"
#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/server/gen_server.hpp"

#include "tests/catch.hpp"
#include "tests/runtime/interop/caf_lab.hpp"

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using runtime::pid;
using runtime::process;
using runtime::to_actor;
using runtime::to_pid;
using tests::caf_lab;
using tests::exits;

namespace {

/// Answers requests as the test wants it.
class answering final : public runtime::behaviour {
public:
  using answer = std::function<void(process&, const runtime::gen_call&)>;
  explicit answering(answer give) : give_(std::move(give)) {}

private:
  void on_message(runtime::term message) override {
    message.match([&](const runtime::gen_call& call) { give_(self(), call); });
  }
  answer give_;
};

/// Asks `who` from a new CAF actor and waits for what comes of it.
std::string ask(caf_lab& lab, const pid& who, caf::duration limit = caf::infinite) {
  const auto asking = lab.actor();
  lab.in(asking, [&](caf::event_based_actor* self) {
    self->request(to_actor(who), limit, 20, std::string("a"))
        .then([&lab](int answer) { lab.heard.put("answer " + std::to_string(answer)); },
              [&lab, self](const caf::error& why) {
                lab.heard.put("error " + self->system().render(why));
              });
  });
  return lab.heard.take();
}

} // namespace

TEST_CASE("a CAF actor's messages arrive at a process with their types, in order") {
  caf_lab lab;
  const auto to = lab.process();
  lab.in(lab.actor(), [&](caf::event_based_actor* self) {
    const auto handle = to_actor(to);
    self->send(handle, 1);
    self->send(handle, std::string("a"));
    self->send(handle, 2, std::string("b"), true);
    self->send(handle, tests::declared{3});
    runtime::send(to, tests::local{4});
    self->send(handle, 5);
  });
  for (const char* wanted :
       {"1", "\"a\"", "{2, \"b\", true}", "declared 3", "local 4", "5"})
    CHECK(lab.heard.take() == wanted);
}

TEST_CASE("a process's messages arrive at a CAF actor with their types, in order") {
  caf_lab lab;
  const auto to = to_pid(lab.actor());
  lab.in(lab.process(), [&](process& self) {
    self.send(to, 1);
    self.send(to, "a");
    self.send(to, 2, "b");
    self.send(to, tests::declared{3});
    self.send(to, tests::local{4});
    self.send(to, runtime::term(5));
    self.send_after(0ms, to, 6);
  });
  for (const char* wanted :
       {"int 1", "text a", "int 2, text b", "declared 3", "local 4", "int 5", "int 6"})
    CHECK(lab.heard.take() == wanted);
}

TEST_CASE("messages of high priority do not overtake others") {
  caf_lab lab;
  const auto to = lab.process();
  lab.in(lab.actor(), [&](caf::event_based_actor* self) {
    for (int i = 0; i < 100; i += 2) {
      self->send(to_actor(to), i);
      self->send<caf::message_priority::high>(to_actor(to), i + 1);
    }
  });
  for (int i = 0; i < 100; ++i)
    REQUIRE(lab.heard.take() == std::to_string(i));
}

TEST_CASE(
    "a message that a process does not expect does not harm the actor that sent it") {
  class deaf final : public runtime::gen_server {};
  caf_lab lab;
  const auto to = lab.node.spawn<deaf>();
  const auto sending = lab.actor();
  lab.in(sending, [&](caf::event_based_actor* self) {
    self->send(to_actor(to), tests::declared{1});
    self->send(to_actor(to), caf::make_error(caf::sec::runtime_error));
  });
  // By the time this answer is here, one to the message would be as well.
  lab.in(sending, [&](caf::event_based_actor* self) {
    self->request(to_actor(to), caf::infinite, 1)
        .then([](int) {}, [&](const caf::error&) { lab.heard.put("answered"); });
  });
  CHECK(lab.heard.take() == "answered");
  caf::anon_send(sending, 7);
  CHECK(lab.heard.take() == "int 7");
}

TEST_CASE("an error that a CAF actor sends is a message") {
  caf_lab lab;
  const auto to = lab.process();
  caf::anon_send(to_actor(to), caf::make_error(caf::sec::runtime_error));
  CHECK(lab.heard.take().find("runtime_error") != std::string::npos);
  caf::anon_send(to_actor(to), 1);
  CHECK(lab.heard.take() == "1");
}

TEST_CASE("a CAF actor's request is a gen_call, and the first reply its answer") {
  caf_lab lab;
  const auto server =
      lab.node.spawn<answering>([](process&, const runtime::gen_call& call) {
        const int answer =
            call.request.match([](int a, const std::string&) { return a + 1; },
                               [](runtime::otherwise) { return 0; });
        reply(call.caller, answer);
        reply(call.caller, -1);
      });
  CHECK(ask(lab, server) == "answer 21");
}

TEST_CASE("a reply may come later and from another process") {
  caf_lab lab;
  const auto helper = lab.process();
  const auto server =
      lab.node.spawn<answering>([&](process& self, const runtime::gen_call& call) {
        self.send(helper,
                  tests::order{[caller = call.caller](process&) { reply(caller, 5); }});
      });
  CHECK(ask(lab, server) == "answer 5");
}

TEST_CASE("a request to a process that exits with it is answered with an error") {
  caf_lab lab;
  SECTION("while it is kept") {
    std::vector<runtime::from> kept;
    const auto server = lab.node.spawn<answering>(
        [kept](process& self, const runtime::gen_call& call) mutable {
          kept.push_back(call.caller);
          self.exit(self.pid(), runtime::reason::shutdown);
        });
    CHECK(ask(lab, server) == "error system_error(request_receiver_down)");
  }
  SECTION("while it waits in the mailbox") {
    const auto server = lab.process();
    lab.in(server, [&](process& self) {
      tests::channel<bool> sent;
      const auto asking = lab.actor();
      caf::anon_send(asking, tests::task{[&](caf::event_based_actor* me) {
                       me->request(to_actor(server), caf::infinite, 1)
                           .then([](int) {},
                                 [&lab](const caf::error&) { lab.heard.put("error"); });
                       sent.put(true);
                     }});
      static_cast<void>(sent.take());
      self.exit(self.pid(), runtime::reason::kill);
    });
    std::vector<std::string> both{lab.heard.take(), lab.heard.take()};
    std::sort(both.begin(), both.end());
    CHECK(both == std::vector<std::string>{"error", "process ended: killed"});
  }
  SECTION("long before it") {
    const auto server = lab.process();
    lab.node.exit(server, runtime::reason::shutdown);
    CHECK(lab.heard.take() == "process ended: shutdown");
    CHECK(ask(lab, server) == "error system_error(request_receiver_down)");
  }
}

TEST_CASE("a request that is dropped without an answer is answered with an error") {
  caf_lab lab;
  const auto server =
      lab.node.spawn<answering>([](process&, const runtime::gen_call&) {});
  CHECK(ask(lab, server) == "error system_error(request_receiver_down)");
}

TEST_CASE("a process asks a CAF actor and gets the answer in a turn of its own") {
  caf_lab lab;
  const auto doubling = [](caf::event_based_actor* self, int factor) {
    return caf::behavior{[factor](int value) { return value * factor; },
                         [self](const std::string&) -> caf::result<int> {
                           self->quit();
                           return caf::sec::runtime_error;
                         }};
  };
  const auto answers = lab.node.actor_system().spawn(doubling, 2);
  const auto asking = lab.process();
  lab.in(asking, [&](process& self) {
    as_caf_actor(self).request(answers, caf::infinite, 21).then([&](int answer) {
      CHECK(self.shard().is_current());
      self.send(self.pid(), answer);
    });
  });
  CHECK(lab.heard.take() == "42");
  lab.in(asking, [&](process& self) {
    as_caf_actor(self)
        .request(answers, caf::infinite, std::string("x"))
        .then([](int) {},
              [&](const caf::error& why) {
                self.send(self.pid(), "error", why == caf::sec::runtime_error);
              });
  });
  CHECK(lab.heard.take() == "{\"error\", true}");
}

TEST_CASE(
    "a request without an answer in time is an error, and a late answer is dropped") {
  caf_lab lab;
  caf::response_promise waiting;
  const auto late = [](caf::event_based_actor* self, caf::response_promise* promise) {
    return caf::behavior{[=](int) -> caf::result<int> {
                           *promise = self->make_response_promise();
                           return *promise;
                         },
                         [=](const std::string&) {
                           promise->deliver(1);
                           self->quit();
                         }};
  };
  const auto slow = lab.node.actor_system().spawn(late, &waiting);
  const auto asking = lab.process();
  lab.in(asking, [&](process& self) {
    as_caf_actor(self)
        .request(slow, 5ms, 1)
        .then([&](int) { lab.heard.put("answer"); },
              [&](const caf::error& why) {
                lab.heard.put(why == caf::sec::request_timeout ? "timeout"
                                                               : "other error");
              });
  });
  CHECK(lab.heard.take() == "timeout");
  tests::channel<bool> ended;
  slow->attach_functor([&] { ended.put(true); });
  caf::anon_send(slow, std::string("answer now"));
  CHECK(ended.take());
  lab.settle(asking);
  CHECK(lab.heard.empty());
}

TEST_CASE("an error answer that nobody handles ends the process that asked") {
  caf_lab lab;
  const auto dead = lab.actor();
  caf::anon_send_exit(dead, caf::exit_reason::user_shutdown);
  CHECK(lab.heard.take() == "actor ended: shutdown");
  lab.in(lab.process(), [&](process& self) {
    as_caf_actor(self).request(dead, caf::infinite, 1).then([](int) {});
  });
  CHECK(lab.heard.take().find("process ended: ") == 0);
}

TEST_CASE("await, which would make a process deaf, is refused") {
  caf_lab lab;
  const auto other = lab.actor();
  lab.in(lab.process(), [&](process& self) {
    CHECK_THROWS_AS(as_caf_actor(self).request(other, caf::infinite, 1).await([](int) {}),
                    std::logic_error);
  });
}

TEST_CASE("processes ask each other as CAF actors do") {
  caf_lab lab;
  const auto server = lab.node.spawn<answering>(
      [](process&, const runtime::gen_call& call) { reply(call.caller, 5, "five"); });
  lab.in(lab.process(), [&](process& self) {
    as_caf_actor(self)
        .request(to_actor(server), caf::infinite, 1)
        .then([&](int number, const std::string& text) {
          self.send(self.pid(), number, text);
        });
  });
  CHECK(lab.heard.take() == "{5, \"five\"}");
}

TEST_CASE("a pid and the CAF handle of one process or actor are one identity") {
  caf_lab lab;
  const auto ours = lab.process();
  const auto theirs = lab.actor();
  CHECK(to_pid(to_actor(ours)) == ours);
  CHECK_FALSE(to_pid(to_actor(ours)).is_foreign());
  CHECK(to_actor(to_pid(theirs)) == theirs);
  CHECK(to_pid(theirs).is_foreign());
  CHECK(to_pid(theirs).number() == theirs.id());
  CHECK(to_string(to_pid(theirs)) == "<0." + std::to_string(theirs.id()) + ">");
  CHECK_THROWS_AS(lab.node.register_name("theirs", to_pid(theirs)),
                  std::invalid_argument);
}
