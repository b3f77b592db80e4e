// The end of a node whose processes do not wait for it.
#include "runtime/gen_server.hpp"
#include "runtime/node.hpp"
#include "runtime/process.hpp"

#include "tests/catch.hpp"
#include "tests/support/channel.hpp"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using runtime::node;
using runtime::pid;
using runtime::process;
using tests::channel;

namespace {

/// Processes that ignore shutdown are killed after `patience`.
[[nodiscard]] runtime::node_options two_shards(std::chrono::milliseconds patience = 0ms) {
  return {.shards = 2,
          .pool_threads = 1,
          .stop_timeout = patience,
          .log = [](runtime::log_level, auto) {}};
}

/// Ends at its first message.
class mortal final : public runtime::behaviour {
  void on_message(runtime::term) override { process::exit(runtime::normal); }
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

} // namespace

TEST_CASE("stop kills what ignores shutdown, and says how many there were") {
  channel<bool> started;
  channel<std::string> log;
  node subject({.shards = 2,
                .pool_threads = 1,
                .stop_timeout = 20ms,
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
  CHECK_FALSE(polite.local()->is_alive());
  for (const auto& each : processes)
    CHECK_FALSE(each.local()->is_alive());
  CHECK(log.take().starts_with("5 processes did not end in time"));
  CHECK(log.empty());
}

TEST_CASE("stop runs terminate of a server that traps exits, with shutdown") {
  class server final : public runtime::gen_server {
  public:
    server(channel<bool>& started, channel<std::string>& ended)
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
  subject.spawn<server>(std::ref(started), std::ref(ended));
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
