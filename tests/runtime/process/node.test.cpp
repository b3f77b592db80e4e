// The node: options, processes, shutdown.
#include "websock/runtime/process/node.hpp"

#include "websock/runtime/process/cpu_count.hpp"
#include "websock/runtime/process/process.hpp"
#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/server/gen_server.hpp"

#include "tests/catch.hpp"
#include "tests/support/allocations.hpp"
#include "tests/support/channel.hpp"
#include "tests/support/own_program.hpp"

#include <sys/resource.h>
#include <sys/stat.h>

#include <atomic>
#include <functional>
#include <string>
#include <thread>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using runtime::node;
using runtime::node_options;
using runtime::pid;
using runtime::process;
using tests::channel;

namespace {

/// Waits to be told to end.
class idler final : public runtime::behaviour {
  void on_message(runtime::term) override { process::exit(runtime::reason::normal); }
};

/// Says on which shard it runs.
class reporter final : public runtime::behaviour {
public:
  explicit reporter(channel<std::size_t>& where) : where_(where) {}

private:
  void on_start() override { where_.put(self().shard().index()); }
  void on_message(runtime::term) override {}
  channel<std::size_t>& where_;
};

/// Monitors `who`, tells it to end, and reports why it did.
class ender final : public runtime::behaviour {
public:
  ender(pid who, channel<std::string>& downs) : who_(std::move(who)), downs_(downs) {}

private:
  void on_start() override {
    static_cast<void>(self().monitor(who_));
    self().send(who_, 1);
  }
  void on_message(runtime::term message) override {
    downs_.put(to_string(message.get<runtime::down>().reason));
  }
  const pid who_;
  channel<std::string>& downs_;
};

/// An extension that counts how many there were and how many there are.
struct kept {
  explicit kept(node& of) : owner(of) { ++made; }
  ~kept() { --alive; }
  node& owner;
  static inline std::atomic<int> made{0};
  static inline std::atomic<int> alive{0};
  int count = ++alive;
};

/// Uses the extension in its last moment.
class keeper final : public runtime::behaviour {
public:
  explicit keeper(channel<int>& seen) : seen_(seen) {}

private:
  void on_start() override { seen_.put(0); }
  void on_message(runtime::term) override {}
  void on_exit(const runtime::exit_reason&) noexcept override {
    seen_.put(self().node().extension<kept>().count);
  }
  channel<int>& seen_;
};

} // namespace

TEST_CASE("a node has one extension of each type, which outlives its processes") {
  channel<int> seen;
  {
    node subject({.shards = 2, .pool_threads = 1});
    auto& first = subject.extension<kept>();
    CHECK(&first.owner == &subject);
    CHECK(&subject.extension<kept>() == &first);
    subject.spawn<keeper>(std::ref(seen));
    CHECK(seen.take() == 0); // it runs
    subject.stop();
    CHECK(seen.take() == 1);
    CHECK(&subject.extension<kept>() == &first); // for threads that do not know yet
  }
  CHECK(kept::made == 1);
  CHECK(kept::alive == 0);
}

TEST_CASE("an option out of range stops the node and is named with its range") {
  using Catch::Matchers::EndsWith;
  using Catch::Matchers::StartsWith;
  CHECK_THROWS_AS(node({.shards = 1025}), std::invalid_argument);
  CHECK_THROWS_WITH(node({.shards = 1025}),
                    StartsWith("node_options.shards is 1025")
                        && EndsWith("0 (one per processor) to 1024"));
  CHECK_THROWS_WITH(node({.shards = 1, .pool_threads = 5000}),
                    StartsWith("node_options.pool_threads is 5000")
                        && EndsWith("0 (one per processor) to 1024"));
  CHECK_THROWS_WITH(node({.shards = 1, .stop_timeout = -1ms}),
                    StartsWith("node_options.stop_timeout is negative")
                        && EndsWith("0 ms or more"));
  CHECK_THROWS_WITH(node({.shards = 1, .log = {}}),
                    StartsWith("node_options.log is empty"));
}

TEST_CASE(
    "a node has the shards it was asked for, or one per processor that it may use") {
  CHECK(node({.shards = 3, .pool_threads = 1}).shard_count() == 3);
  CHECK(node({.pool_threads = 1}).shard_count() == runtime::usable_cpus());
}

TEST_CASE("a node that ran nothing stops, and may be stopped again") {
  node empty({.shards = 2, .pool_threads = 1});
  empty.stop();
  empty.stop();
  CHECK(empty.process_count() == 0);
}

TEST_CASE("processes count while they are alive, and none is left after stop") {
  node subject({.shards = 2, .pool_threads = 1});
  CHECK(subject.process_count() == 0);
  const pid first = subject.spawn<idler>();
  const pid second = subject.spawn<idler>();
  CHECK(subject.process_count() == 2);
  channel<std::string> downs;
  subject.spawn<ender>(first, std::ref(downs));
  CHECK(subject.process_count() >= 2);
  CHECK(downs.take() == "normal");
  CHECK(second.is_alive());
  CHECK_FALSE(first.is_alive());
  subject.stop();
  CHECK(subject.process_count() == 0);
  CHECK_FALSE(second.is_alive());
}

TEST_CASE("spawn_on puts a process on that shard, spawn on each in turn") {
  channel<std::size_t> where;
  node subject({.shards = 3, .pool_threads = 1});
  for (const std::size_t index : {2U, 0U, 1U}) {
    subject.spawn_on<reporter>(index, std::ref(where));
    CHECK(where.take() == index);
  }
  std::array<int, 3> count{};
  for (int i = 0; i < 6; ++i) {
    subject.spawn<reporter>(std::ref(where));
    ++count.at(where.take());
  }
  CHECK(count == std::array{2, 2, 2});
  CHECK_THROWS_AS(subject.spawn_on<idler>(3), std::out_of_range);
  CHECK(subject.process_count() == 9);
}

TEST_CASE("a process spawns others on its own shard") {
  channel<std::size_t> where;
  node subject({.shards = 2, .pool_threads = 1});
  for (int i = 0; i < 2; ++i) {
    subject.spawn([&](process& self) {
      where.put(self.shard().index());
      self.spawn<reporter>(std::ref(where));
    });
    const auto parent = where.take();
    CHECK(where.take() == parent);
  }
}

TEST_CASE("an empty pid and the pid of a dead process may be sent to and told to exit") {
  channel<std::string> downs;
  node subject({.shards = 1, .pool_threads = 1});
  const pid nobody;
  const pid dead = subject.spawn<idler>();
  subject.spawn<ender>(dead, std::ref(downs));
  CHECK(downs.take() == "normal");
  for (const pid& each : {nobody, dead}) {
    runtime::send(each, 1);
    runtime::send(each, "a", 2);
    runtime::send(each, runtime::term(1));
    runtime::cast(each, 1);
    subject.exit(each, runtime::reason::kill);
  }
  channel<int> done;
  subject.spawn([&](process& self) {
    for (const pid& each : {nobody, dead}) {
      self.send(each, 1);
      self.exit(each, runtime::reason::shutdown);
      self.unlink(each);
      self.send_after(0ms, each, 1);
    }
    self.link(nobody);
    CHECK_THROWS_AS(self.send("nobody has this name", 1), std::invalid_argument);
    done.put(1);
  });
  CHECK(done.take() == 1);
  CHECK_THROWS_AS(subject.send("nobody has this name", 1), std::invalid_argument);
  CHECK(to_string(nobody) == "<none>");
  CHECK(nobody.number() == 0);
  CHECK(dead.number() != 0);
}

TEST_CASE("pids are equal, ordered and hashed by the process they name") {
  node subject({.shards = 1, .pool_threads = 1});
  const pid first = subject.spawn<idler>();
  const pid second = subject.spawn<idler>();
  const pid same = first;
  CHECK(first == same);
  CHECK(first != second);
  CHECK(first != pid());
  CHECK(first < second);
  CHECK(pid() < first);
  CHECK(std::hash<pid>()(first) == std::hash<pid>()(same));
  CHECK(to_string(first) == "<0." + std::to_string(first.number()) + ">");
}

TEST_CASE("messages to a node that has stopped are dropped, and it may be spawned on") {
  node subject({.shards = 2, .pool_threads = 1});
  const pid before = subject.spawn<idler>();
  subject.stop();
  runtime::send(before, 1);
  const pid after = subject.spawn<idler>();
  runtime::send(after, std::string("never handled"));
  subject.exit(after, runtime::reason::kill);
  subject.stop();
  CHECK_FALSE(before.is_alive());
}

TEST_CASE("a pid may outlive its node") {
  pid ran;
  pid never_ran;
  {
    node subject({.shards = 1, .pool_threads = 1});
    ran = subject.spawn<idler>();
    subject.stop();
    never_ran = subject.spawn<idler>();
  }
  const pid copy = ran;
  CHECK_FALSE(copy.is_alive());
  CHECK(copy == ran);
  CHECK(copy != never_ran);
  runtime::send(copy, 1);
}

TEST_CASE("what a process sends before its node stops is handled or dropped, not "
          "leaked") {
  const auto value = std::make_shared<int>(1);
  {
    node subject({.shards = 2, .pool_threads = 1});
    const pid to = subject.spawn_on<idler>(1);
    subject.spawn([&](process& self) {
      for (int i = 0; i < 100; ++i)
        self.send(to, value);
      self.send_after(1h, to, value);
    });
    subject.stop();
    runtime::send(to, value);
  }
  CHECK(value.use_count() == 1);
}

// Run by the next one, in a program of its own.
TEST_CASE("too many shards", "[.]") {
  if (!tests::is_alone())
    return;
  constexpr rlim_t more = rlim_t{1'024} << 20U; // a stack is 8 MiB as a rule
  const rlimit limit{more, more};
  ::setrlimit(RLIMIT_AS, &limit);
  std::string refusal = "none";
  try {
    const node made{{.shards = 200, .pool_threads = 1}};
  } catch (const std::exception& refused) {
    refusal = refused.what();
  }
  INFO(refusal);
  CHECK(refusal.find("threads for node_options.shards") != std::string::npos);
}

TEST_CASE("a node whose threads cannot be made throws, and ends those that were") {
  if (!tests::are_allocations_counted())
    return; // a sanitizer takes more than any limit
  CHECK(tests::run_alone("too many shards").status == 0);
}

// The same.
TEST_CASE("closed streams", "[.]") {
  if (!tests::is_alone())
    return;
  for (int each = 0; each <= 2; ++each)
    ::close(each);
  const node made{{.shards = 1, .pool_threads = 1}};
  for (int each = 0; each <= 2; ++each) {
    struct stat what {};
    CHECK(::fstat(each, &what) == 0);
    CHECK(S_ISCHR(what.st_mode)); // /dev/null, and no socket of the node
  }
}

TEST_CASE("no socket of a node takes the place of a standard stream that is closed") {
  if (!tests::are_allocations_counted())
    return; // a sanitizer has descriptors of its own
  CHECK(tests::run_alone("closed streams").status == 0);
}
