// Processes on two real shards, under load from threads, timers and CAF actors.
#include "websock/runtime/address/name_table.hpp"
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/process.hpp"
#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/registry/pubsub.hpp"

#include "tests/catch.hpp"
#include "tests/runtime/interop/caf_lab.hpp"
#include "tests/support/two_shards.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <random>
#include <thread>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using runtime::node;
using runtime::pid;
using runtime::process;
using tests::channel;
using tests::two_shards;

namespace {

/// Message number `number` of a sender.
struct numbered {
  int sender;
  int number;
};

/// Says whether each of `senders` sent 0 to `each`-1, in this order.
class collector final : public runtime::behaviour {
public:
  collector(int senders, int each, channel<bool>& in_order)
      : next_(static_cast<std::size_t>(senders)), left_(senders * each),
        in_order_(in_order) {}

private:
  void on_message(runtime::term message) override {
    const auto& [sender, number] = message.get<numbered>();
    was_in_order_ &= next_.at(static_cast<std::size_t>(sender))++ == number;
    if (--left_ == 0)
      in_order_.put(was_in_order_);
  }

  std::vector<int> next_;
  int left_;
  bool was_in_order_ = true;
  channel<bool>& in_order_;
};

/// Ends at its first message.
class mortal final : public runtime::behaviour {
  void on_message(runtime::term) override { process::exit(runtime::reason::normal); }
};

/// Ties itself to every pid it is sent and counts the answers of each. Told to `report`,
/// it says how many pids were answered exactly once.
struct report {};
class tied final : public runtime::behaviour {
public:
  enum class by : bool { monitors, links };
  tied(by how, int expected, channel<bool>& all_answered, channel<int>& once)
      : how_(how), left_(expected), all_answered_(all_answered), once_(once) {}

private:
  void on_start() override { self().trap_exit(true); }
  void on_message(runtime::term message) override {
    message.match([&](const pid& who) { tie(who); },
                  [&](const runtime::down& gone) { count(gone.who); },
                  [&](const runtime::exit_signal& signal) { count(signal.from); },
                  [&](report) {
                    once_.put(static_cast<int>(std::count_if(
                        answers_.begin(), answers_.end(),
                        [](const auto& each) { return each.second == 1; })));
                  });
  }
  void tie(const pid& who) {
    if (how_ == by::links)
      self().link(who);
    else
      static_cast<void>(self().monitor(who));
  }
  void count(const pid& who) {
    ++answers_[who];
    if (--left_ == 0)
      all_answered_.put(true);
  }

  const by how_;
  int left_;
  std::map<pid, int> answers_;
  channel<bool>& all_answered_;
  channel<int>& once_;
};

} // namespace

TEST_CASE("whoever sends, from whatever thread, its messages arrive in the order sent") {
  constexpr int each = 3'000;
  channel<bool> in_order;
  tests::caf_lab lab;
  const pid to = lab.node.spawn_on<collector>(0, 7, each, std::ref(in_order));
  const auto send_all = [to](int sender) {
    for (int i = 0; i < each; ++i)
      runtime::send(to, numbered{sender, i});
  };
  class sender final : public runtime::behaviour {
  public:
    explicit sender(std::function<void(process&)> all) : all_(std::move(all)) {}
    void on_start() override { all_(self()); }
    void on_message(runtime::term) override {}

  private:
    std::function<void(process&)> all_;
  };
  const std::jthread first(send_all, 0);
  const std::jthread second(send_all, 1);
  for (int shard = 0; shard < 2; ++shard) {
    lab.node.spawn_on<sender>(static_cast<std::size_t>(shard),
                              [=](process&) { send_all(2 + shard); });
    lab.node.spawn_on<sender>(static_cast<std::size_t>(shard), [=](process& self) {
      for (int i = 0; i < each; ++i)
        self.send_after(std::chrono::microseconds(i), to, numbered{4 + shard, i});
    });
  }
  lab.in(lab.actor(), [&](caf::event_based_actor*) { send_all(6); });
  CHECK(in_order.take());
}

TEST_CASE("processes come and go on two shards while threads send to them") {
  constexpr int count = 2'000;
  channel<bool> all_answered;
  channel<int> once;
  channel<pid> to_first;
  channel<pid> to_second;
  node subject(two_shards());
  const pid watching = subject.spawn<tied>(tied::by::monitors, count,
                                           std::ref(all_answered), std::ref(once));
  const auto send_to_each = [](channel<pid>& from) {
    for (int i = 0; i < count; ++i)
      runtime::send(from.take(), i);
  };
  const std::jthread first(send_to_each, std::ref(to_first));
  const std::jthread second(send_to_each, std::ref(to_second));
  for (int i = 0; i < count; ++i) {
    const pid added = subject.spawn<mortal>();
    runtime::send(watching, added);
    to_first.put(added);
    to_second.put(added);
  }
  CHECK(all_answered.take());
  runtime::send(watching, report{});
  CHECK(once.take() == count);
}

TEST_CASE("each monitor and each link across shards is answered exactly once") {
  const auto how = GENERATE(tied::by::monitors, tied::by::links);
  constexpr int targets = 300;
  constexpr int watchers = 6;
  channel<bool> all_answered;
  channel<int> once;
  node subject(two_shards());
  std::vector<pid> watching;
  for (int i = 0; i < watchers; ++i)
    watching.push_back(
        subject.spawn<tied>(how, targets, std::ref(all_answered), std::ref(once)));
  for (int i = 0; i < targets; ++i) {
    const pid target = subject.spawn<mortal>();
    for (int w = 0; w < watchers; ++w) {
      runtime::send(watching[static_cast<std::size_t>(w)], target);
      if (w == i % watchers)
        runtime::send(target, 0); // dies before, between or after the ties
    }
  }
  for (int i = 0; i < watchers; ++i)
    CHECK(all_answered.take());
  for (const auto& each : watching)
    runtime::send(each, report{});
  for (int i = 0; i < watchers; ++i)
    CHECK(once.take() == targets);
}

TEST_CASE(
    "the end of a process never overtakes what it sent before, seen from another shard") {
  class last_words final : public runtime::behaviour {
  public:
    explicit last_words(pid to) : to_(std::move(to)) {}
    void on_start() override {
      self().send(to_, "last words");
      process::exit(runtime::reason::normal);
    }
    void on_message(runtime::term) override {}

  private:
    const pid to_;
  };
  tests::caf_lab lab;
  const auto listening = lab.process(tests::exits::are_messages);
  const auto outlive = [&](process& self) {
    const auto other =
        lab.node.spawn_on<last_words>(1 - self.shard().index(), self.pid());
    while (other.is_alive())
      std::this_thread::yield();
    return other;
  };
  for (int i = 0; i < 20; ++i) {
    lab.in(listening,
           [&](process& self) { static_cast<void>(self.monitor(outlive(self))); });
    CHECK(lab.heard.take() == "\"last words\"");
    CHECK(lab.heard.take() == "down noproc");
    lab.in(listening, [&](process& self) { self.link(outlive(self)); });
    CHECK(lab.heard.take() == "\"last words\"");
    CHECK(lab.heard.take() == "exit_signal noproc");
  }
}

TEST_CASE("however links were made and undone at both ends at once, they can be made or "
          "undone") {
  const bool is_linked_last = GENERATE(true, false);
  for (unsigned round = 0; round < 60; ++round) {
    CAPTURE(is_linked_last, round);
    tests::caf_lab lab;
    const std::array both{lab.process(tests::exits::are_messages),
                          lab.process(tests::exits::are_messages)};
    std::atomic<int> here{0};
    for (unsigned i = 0; i < 2; ++i)
      runtime::send(
          both.at(i), tests::order{[&, i](process& self) {
            std::mt19937 random(2 * round + i);
            ++here;
            while (
                here
                < 2) // both at once, and neither sees the other's requests before its end
              std::this_thread::yield();
            for (int n = 0; n < 5; ++n)
              random() % 2 == 0 ? self.link(both.at(1 - i)) : self.unlink(both.at(1 - i));
            lab.done.put(true);
          }});
    for (int i = 0; i < 2; ++i)
      static_cast<void>(lab.done.take());
    for (int i = 0; i < 2; ++i)
      for (const auto& each : both)
        lab.settle(each);
    const auto& last = both.at(round % 2);
    lab.in(last, [&](process& self) {
      const auto& other = both.at(1 - round % 2);
      is_linked_last ? self.link(other) : self.unlink(other);
    });
    for (const auto& each : both)
      lab.settle(each);
    lab.node.exit(both[0], runtime::reason::kill);
    CHECK(lab.heard.take() == "process ended: killed");
    if (is_linked_last)
      CHECK(lab.heard.take() == "exit_signal killed");
    lab.settle(both[1]);
    CHECK(lab.heard.empty());
  }
}

TEST_CASE("a direct message never overtakes a broadcast that was sent before it") {
  constexpr int rounds = 1'000;
  class subscriber final : public runtime::behaviour {
  public:
    subscriber(channel<bool>& ready, channel<bool>& in_order)
        : ready_(ready), in_order_(in_order) {}
    void on_start() override {
      runtime::pubsub::subscribe(self(), "news");
      ready_.put(true);
    }
    void on_message(runtime::term message) override {
      was_in_order_ &= message.get<int>() == next_++;
      if (next_ == 2 * rounds)
        in_order_.put(was_in_order_);
    }

  private:
    channel<bool>& ready_;
    channel<bool>& in_order_;
    int next_ = 0;
    bool was_in_order_ = true;
  };
  channel<bool> ready;
  channel<bool> in_order;
  node subject(two_shards());
  std::vector<pid> subscribers;
  for (int i = 0; i < 6; ++i)
    subscribers.push_back(subject.spawn<subscriber>(std::ref(ready), std::ref(in_order)));
  for (int i = 0; i < 6; ++i)
    CHECK(ready.take());
  subject.spawn([&](process& self) {
    for (int i = 0; i < rounds; ++i) {
      runtime::pubsub::broadcast(self, "news", 2 * i);
      for (const auto& each : subscribers)
        self.send(each, 2 * i + 1);
    }
  });
  for (int i = 0; i < 6; ++i)
    CHECK(in_order.take());
}

TEST_CASE("a name is free once its process is known to have ended, whoever registered it "
          "when") {
  constexpr int rounds = 500;
  channel<bool> ended;
  channel<int> once;
  channel<pid> to_register;
  channel<bool> tried;
  node subject(two_shards());
  const std::jthread registering([&] {
    for (int i = 0; i < rounds; ++i) {
      try {
        subject.register_name("name", to_register.take());
      } catch (const std::invalid_argument&) { // it had ended already
      }
      tried.put(true);
    }
  });
  int taken = 0;
  for (int i = 0; i < rounds; ++i) {
    const pid watching =
        subject.spawn<tied>(tied::by::monitors, 1, std::ref(ended), std::ref(once));
    const pid mayfly = subject.spawn<mortal>();
    runtime::send(watching, mayfly);
    to_register.put(mayfly);
    if (i % 2 == 0)
      runtime::send(mayfly, 1);
    static_cast<void>(tried.take());
    if (i % 2 != 0)
      runtime::send(mayfly, 1);
    static_cast<void>(ended.take());
    taken += subject.whereis("name") ? 1 : 0;
    runtime::send(watching, report{});
    static_cast<void>(once.take());
    subject.exit(watching, runtime::reason::kill);
  }
  CHECK(taken == 0);
  CHECK(subject.names().registered().empty());
}
