// Stopping a node whose processes do not cooperate.
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/process.hpp"
#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/registry/process_info.hpp"
#include "websock/runtime/registry/pubsub.hpp"
#include "websock/runtime/server/gen_server.hpp"
#include "websock/runtime/server/thread_process.hpp"

#include "tests/catch.hpp"
#include "tests/support/at_once.hpp"
#include "tests/support/channel.hpp"
#include "tests/support/two_shards.hpp"

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using runtime::node;
using runtime::pid;
using runtime::process;
using tests::channel;
using tests::two_shards;

namespace {

/// Ends at its first message.
class mortal final : public runtime::behaviour {
  void on_message(runtime::term) override { process::exit(runtime::reason::normal); }
};

/// Traps exits and stays.
class stubborn final : public runtime::behaviour {
public:
  explicit stubborn(channel<bool>& started) : started_(started) {}

private:
  void on_start() override {
    self().trap_exit(true);
    started_.put(true);
  }
  void on_message(runtime::term) override {}
  channel<bool>& started_;
};

/// Answers each call with 1.
class server final : public runtime::gen_server {
  runtime::call_result handle_call(runtime::term, runtime::from) override {
    return runtime::reply(1);
  }
};

/// Says whether anybody holds it.
using payload = std::shared_ptr<int>;

} // namespace

TEST_CASE("stop kills what ignores shutdown, and says how many there were") {
  channel<bool> started;
  channel<std::string> log;
  node subject({.shards = 2,
                .pool_threads = 1,
                .stop_timeout = 20ms,
                .slow_turn = 0ms,
                .log = [&](runtime::log_level, std::string_view line) {
                  log.put(std::string(line));
                }});
  std::vector<pid> processes;
  for (int i = 0; i < 5; ++i)
    processes.push_back(subject.spawn<stubborn>(std::ref(started)));
  for (int i = 0; i < 5; ++i)
    CHECK(started.take());
  const pid polite = subject.spawn<mortal>();
  subject.stop();
  CHECK(subject.process_count() == 0);
  CHECK_FALSE(polite.is_alive());
  for (const auto& each : processes)
    CHECK_FALSE(each.is_alive());
  CHECK(log.take().starts_with("5 processes did not end in time"));
  CHECK(log.empty());
}

TEST_CASE("stop runs terminate of a server that traps exits, with shutdown") {
  class trapping final : public runtime::gen_server {
  public:
    trapping(channel<bool>& started, channel<std::string>& ended)
        : started_(started), ended_(ended) {}

  private:
    runtime::server_result init() override {
      self().trap_exit(true);
      started_.put(true);
      return runtime::noreply();
    }
    void terminate(const runtime::exit_reason& why) override {
      ended_.put(to_string(why));
    }
    channel<bool>& started_;
    channel<std::string>& ended_;
  };
  channel<bool> started;
  channel<std::string> ended;
  node subject(two_shards(tests::patience));
  subject.spawn<trapping>(std::ref(started), std::ref(ended));
  CHECK(started.take());
  subject.stop();
  REQUIRE_FALSE(ended.empty());
  CHECK(ended.take() == "shutdown");
  CHECK(ended.empty());
}

TEST_CASE("stop while threads and processes spawn leaves none that runs") {
  for (int round = 0; round < 5; ++round) {
    std::atomic<bool> go_on{true};
    std::atomic<int> running{0};
    class child final : public runtime::behaviour {
    public:
      explicit child(std::atomic<int>& running) : running_(running) { ++running_; }
      ~child() override { --running_; }
      void on_start() override {
        if (++generation_ < 3)
          self().spawn<child>(std::ref(running_));
      }
      void on_message(runtime::term) override {}

    private:
      std::atomic<int>& running_;
      int generation_ = 0;
    };
    node subject(two_shards());
    channel<bool> started;
    const auto spawn_many = [&] {
      for (int i = 0; go_on && i < 3'000; ++i) {
        const pid added = subject.spawn<mortal>();
        runtime::send(added, 1);
        if (i == 50)
          started.put(true);
      }
    };
    {
      const std::jthread first(spawn_many);
      const std::jthread second(spawn_many);
      subject.spawn<child>(std::ref(running));
      static_cast<void>(started.take());
      subject.stop();
      go_on = false;
    }
    CHECK(running == 0);
  }
}

TEST_CASE("a thread that spawns, calls and receives while its node stops goes on") {
  for (int round = 0; round < 20; ++round) {
    node subject(two_shards());
    const auto callee = subject.spawn<server>();
    std::atomic<bool> goes_on{true};
    channel<bool> some_done;
    std::atomic<int> refused{0};
    std::atomic<int> wrong{0};
    std::jthread caller([&] {
      for (int i = 0; goes_on; ++i) {
        try {
          runtime::thread_process me(subject);
          wrong += me.call<int>(callee, tests::patience, 1) == 1 ? 0 : 1;
          static_cast<void>(me.monitor(subject.spawn<mortal>()));
          static_cast<void>(me.receive(10ms, [](const runtime::down&) {}));
        } catch (const std::runtime_error&) { // call_failed, no_such_process
          ++refused;
        }
        if (i == 10)
          some_done.put(true);
      }
    });
    static_cast<void>(some_done.take());
    subject.stop();
    const int before = refused;
    while (refused < before + 10) // none of them waits, hence it comes so far
      std::this_thread::yield();
    goes_on = false;
    CHECK(wrong == 0);
  }
}

TEST_CASE("after stop nobody is spawned, called or waited for") {
  node subject(two_shards());
  const auto callee = subject.spawn<server>();
  runtime::thread_process from_before(subject);
  subject.stop();
  CHECK_FALSE(subject.is_running());
  const auto late = subject.spawn<server>();
  CHECK_FALSE(late.is_alive());
  CHECK(subject.process_count() == 0);
  CHECK_THROWS_AS(from_before.call(callee, runtime::infinity, 1),
                  runtime::no_such_process);
  CHECK_FALSE(from_before.receive(runtime::infinity, [](int) {}));
  runtime::thread_process me(subject);
  CHECK_FALSE(me.receive(runtime::infinity, [](int) {}));
  CHECK_THROWS_AS(me.call(late, runtime::infinity, 1), runtime::no_such_process);
  CHECK_THROWS_AS(me.monitor(late), runtime::no_such_process);
  CHECK(runtime::processes(subject).empty());
  CHECK_FALSE(runtime::info(callee));
  CHECK_THROWS_AS(subject.register_name("late", late), std::invalid_argument);
}

TEST_CASE("from the moment at which a node begins to stop nobody is spawned") {
  class late final : public runtime::behaviour { // tells whether its child lives
  public:
    late(channel<bool>& started, channel<bool>& lives)
        : started_(started), lives_(lives) {}

  private:
    void on_start() override {
      self().trap_exit(true);
      started_.put(true);
    }
    void on_message(runtime::term) override {
      lives_.put(self().node().spawn<mortal>().is_alive());
      process::exit(runtime::reason::normal);
    }
    channel<bool>& started_;
    channel<bool>& lives_;
  };
  channel<bool> started;
  channel<bool> lives;
  node subject(two_shards(tests::patience));
  subject.spawn<late>(std::ref(started), std::ref(lives));
  static_cast<void>(started.take());
  subject.stop();
  CHECK_FALSE(lives.take());
}

TEST_CASE("a process of a running node is told that one of a stopped node is gone") {
  node stopped(two_shards());
  const auto callee = stopped.spawn<server>();
  stopped.stop();
  node subject(two_shards());
  runtime::thread_process me(subject);
  try {
    me.call(callee, runtime::infinity, 1);
    FAIL("it was answered");
  } catch (const runtime::call_failed& failed) {
    CHECK(failed.reason() == runtime::reason::noproc);
  }
  const auto watched = me.monitor(callee);
  CHECK(me.receive(tests::patience, [&](const runtime::down& gone) {
    CHECK(gone.ref == watched);
    CHECK(gone.reason == runtime::reason::noproc);
  }));
}

TEST_CASE(
    "what is sent, posted or published after stop is dropped at once, and counted") {
  node subject(two_shards());
  const auto who = subject.spawn<server>();
  subject.stop();
  const auto kept = std::make_shared<int>(1);
  const auto dropped = subject.messages_dropped();
  for (int i = 0; i < 10; ++i) {
    runtime::send(who, payload(kept));
    runtime::send(subject.spawn<server>(), payload(kept));
    runtime::pubsub::broadcast(subject, "topic", payload(kept));
    subject.shard_at(0).post([kept](runtime::shard&) {});
  }
  CHECK(kept.use_count() == 1);
  CHECK(subject.messages_dropped() > dropped);
}

TEST_CASE("of threads that stop a node at the same time one does, and all see it over") {
  for (int round = 0; round < 10; ++round) {
    node subject(two_shards(tests::patience));
    for (int i = 0; i < 20; ++i)
      subject.spawn<mortal>();
    std::atomic<int> saw_it_over{0};
    tests::call_three_times_at_once([&] {
      subject.stop();
      saw_it_over += subject.process_count() == 0 && !subject.is_running() ? 1 : 0;
    });
    CHECK(saw_it_over == 3);
  }
}

TEST_CASE("a node is not stopped from one of its shards") {
  node subject(two_shards());
  std::promise<bool> refused;
  subject.spawn([&](process& self) {
    try {
      self.node().stop();
      refused.set_value(false);
    } catch (const std::logic_error&) {
      refused.set_value(true);
    }
  });
  CHECK(refused.get_future().get());
  CHECK(subject.is_running());
}

TEST_CASE("a stop_timeout of an eternity kills nobody") {
  class slow final : public runtime::behaviour { // ends some time after it was told to
  public:
    slow(channel<bool>& started, channel<std::string>& ended)
        : started_(started), ended_(ended) {}

  private:
    void on_start() override {
      self().trap_exit(true);
      started_.put(true);
    }
    void on_message(runtime::term message) override {
      if (message.is<runtime::exit_signal>())
        self().send_after(50ms, self(), 1);
      else
        process::exit(runtime::reason::normal);
    }
    void on_exit(const runtime::exit_reason& why) noexcept override {
      ended_.put(to_string(why));
    }
    channel<bool>& started_;
    channel<std::string>& ended_;
  };
  channel<bool> started;
  channel<std::string> ended;
  node subject({.shards = 1,
                .pool_threads = 1,
                .stop_timeout = GENERATE(runtime::saturated<std::chrono::milliseconds>(
                                             std::chrono::hours::max()),
                                         std::chrono::milliseconds::max())});
  subject.spawn<slow>(std::ref(started), std::ref(ended));
  static_cast<void>(started.take());
  subject.stop();
  CHECK(ended.take() == "normal");
}

namespace {

/// Tells which thread destroys the last of it.
class destroyed_on {
public:
  explicit destroyed_on(channel<std::thread::id>& where) : where_(&where) {}
  destroyed_on(destroyed_on&& other) noexcept
      : where_(std::exchange(other.where_, nullptr)) {}
  destroyed_on& operator=(destroyed_on&&) = delete;
  ~destroyed_on() {
    if (where_ != nullptr)
      where_->put(std::this_thread::get_id());
  }

private:
  channel<std::thread::id>* where_;
};

class never_made final : public runtime::behaviour {
public:
  explicit never_made(destroyed_on) {}

private:
  void on_message(runtime::term) override {}
};

/// Tells that it traps exits, and of each one; ends at the first other message.
class reluctant final : public runtime::behaviour {
public:
  explicit reluctant(channel<bool>& told) : told_(told) {}

private:
  void on_start() override {
    self().trap_exit(true);
    told_.put(true);
  }
  void on_message(runtime::term message) override {
    if (message.get_if<runtime::exit_signal>() == nullptr)
      process::exit(runtime::reason::normal);
    told_.put(true);
  }
  channel<bool>& told_;
};

} // namespace

TEST_CASE(
    "what a process would be made of is destroyed on its shard while a node stops") {
  channel<bool> told;
  channel<std::thread::id> destroyed;
  node here(two_shards(tests::patience));
  const pid last = here.spawn_on<reluctant>(0, std::ref(told));
  REQUIRE(told.take()); // it traps exits
  std::jthread stopping([&] { here.stop(); });
  REQUIRE(told.take()); // the node is stopping
  const pid late = here.spawn_on<never_made>(1, destroyed_on(destroyed));
  CHECK_FALSE(late.is_alive());
  CHECK(destroyed.take() != std::this_thread::get_id());
  runtime::send(last, 1);
  stopping.join();
  const pid later = here.spawn_on<never_made>(1, destroyed_on(destroyed));
  CHECK_FALSE(later.is_alive());
  CHECK(destroyed.take() == std::this_thread::get_id());
}
