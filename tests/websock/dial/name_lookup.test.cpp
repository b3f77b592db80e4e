// Lookups with resolvers as slow as a test wants.
#include "websock/dial/name_lookup.hpp"

#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/testing/stepped_node.hpp"

#include "tests/catch.hpp"
#include "tests/support/channel.hpp"
#include "tests/support/client_owner.hpp"
#include "tests/support/echo.hpp"
#include "tests/support/running_server.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using tests::channel;
using tests::client_owner;
using tests::patience;
using websock::connect_failed;
using websock::found_addresses;
using websock::name_lookup;
using websock::name_lookups;

namespace {

/// Knows that every name is 127.0.0.1, but tells so of names that begin with "slow" only
/// when it is released. Outlives the node, as a resolver may.
class slow_resolver {
public:
  [[nodiscard]] static websock::resolver of(const std::shared_ptr<slow_resolver>& self) {
    return [self](const std::string& host) {
      self->called.put(host);
      if (host.starts_with("slow"))
        self->wait();
      return websock::written_address("127.0.0.1").value();
    };
  }
  void release() {
    const std::lock_guard lock(mutex_);
    is_released_ = true;
    changed_.notify_all();
  }
  [[nodiscard]] bool has_waited_in_vain() const { return has_waited_in_vain_; }

  channel<std::string> called;

private:
  void wait() {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, patience, [this] { return is_released_; }))
      has_waited_in_vain_ = true;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_released_ = false;
  std::atomic<bool> has_waited_in_vain_{false};
};

/// Releases it at the end of a test, however that ends.
struct held_resolver {
  explicit held_resolver(runtime::node& of) {
    of.extension<name_lookups>().resolve_with(slow_resolver::of(self));
  }
  ~held_resolver() { self->release(); }
  std::shared_ptr<slow_resolver> self = std::make_shared<slow_resolver>();
};

/// Asks on a shard; what it is told goes into a channel.
class asker {
public:
  explicit asker(runtime::node& of) : shard_(of.shard_at(0)) {}
  ~asker() { forget_all(); }

  void ask(const std::string& host) {
    shard_.post([this, host](runtime::shard& on) {
      lookups_.push_back(std::make_unique<name_lookup>(
          on, host, [this, host](const found_addresses& found) {
            told.put(host + ' ' + std::to_string(found.addresses.size()) + found.failure);
          }));
    });
  }
  /// Returns when they are forgotten.
  void forget_all() {
    channel<int> done;
    shard_.post([&](runtime::shard&) {
      lookups_.clear();
      done.put(0);
    });
    done.take();
  }

  channel<std::string> told;

private:
  runtime::shard& shard_;
  std::vector<std::unique_ptr<name_lookup>> lookups_;
};

[[nodiscard]] std::string slow_name(std::size_t number) {
  return "slow" + std::to_string(number);
}

/// Of the whole program.
[[nodiscard]] std::ptrdiff_t thread_count() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/task"), {});
}

} // namespace

TEST_CASE("a name that is slow ends with its own deadline and holds up no other client") {
  tests::running_server subject(tests::echoing);
  runtime::node node({.shards = 1, .pool_threads = 1});
  const held_resolver resolving(node);
  client_owner me(node);
  const auto port = std::to_string(subject.port());
  me.open("ws://slow.example:" + port + "/", {.connect_timeout = 50ms});
  CHECK(resolving.self->called.take() == "slow.example");
  me.open("ws://fast.example:" + port + "/");
  CHECK(me.is_connected());
  const auto failed = me.next_failure();
  CHECK(
      to_string(failed)
      == "connect_failed: timeout: no connection within 50 ms: its name is being looked "
         "up");
}

TEST_CASE("the end of a node does not wait for a name") {
  auto resolver = std::make_shared<slow_resolver>();
  {
    runtime::node node({.shards = 1, .pool_threads = 1});
    node.extension<name_lookups>().resolve_with(slow_resolver::of(resolver));
    client_owner me(node);
    me.open("ws://slow.example/");
    resolver->called.take();
    node.stop();
  }
  CHECK_FALSE(resolver->has_waited_in_vain());
  const std::weak_ptr<slow_resolver> held = resolver;
  resolver->release();
  resolver.reset(); // the thread has the last one, and lets go of it
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!held.expired() && std::chrono::steady_clock::now() < deadline)
    std::this_thread::yield();
  CHECK(held.expired());
}

TEST_CASE("as many names are looked up at once as there are threads, then they wait") {
  runtime::node node({.shards = 1, .pool_threads = 1});
  const held_resolver resolving(node);
  asker me(node);
  for (std::size_t i = 0; i < name_lookups::most_threads; ++i)
    me.ask(slow_name(i));
  for (std::size_t i = 0; i < name_lookups::most_threads; ++i)
    resolving.self->called.take();
  const auto threads = thread_count();
  me.ask("one more");
  me.forget_all();
  CHECK(thread_count() <= threads);
  CHECK(me.told.empty());
  me.ask("the last");
  resolving.self->release();
  CHECK(me.told.take() == "the last 1");
  CHECK(resolving.self->called.take() == "the last"); // "one more" left the queue
}

TEST_CASE("who asks for the same name shares a look-up") {
  runtime::node node({.shards = 1, .pool_threads = 1});
  const held_resolver resolving(node);
  asker me(node);
  constexpr int count = 100;
  for (int i = 0; i < count; ++i)
    me.ask("slow");
  resolving.self->called.take();
  me.ask("fast");
  CHECK(me.told.take() == "fast 1");
  resolving.self->release();
  for (int i = 0; i < count; ++i)
    REQUIRE(me.told.take() == "slow 1");
  CHECK(resolving.self->called.take() == "fast");
  CHECK(resolving.self->called.empty());
}

TEST_CASE("a name whose look-ups do not end is tried anew, on few threads") {
  runtime::testing::stepped_node stepped{1, {.shards = 1, .pool_threads = 1}};
  auto& shard = stepped.node().shard_at(0);
  const held_resolver resolving(stepped.node());
  std::vector<std::unique_ptr<name_lookup>> lookups;
  const auto ask = [&](const std::string& host) {
    lookups.push_back(
        std::make_unique<name_lookup>(shard, host, [](const found_addresses&) {}));
  };
  for (std::size_t i = 0; i < name_lookups::most_for_a_name; ++i) {
    ask("slow");
    CHECK(resolving.self->called.take() == "slow");
    stepped.advance(9s);
    ask("slow"); // which shares the one that is at work
    stepped.advance(2s);
  }
  ask("slow");
  ask("fast");
  CHECK(resolving.self->called.take() == "fast");
  CHECK(resolving.self->called.empty());
}

TEST_CASE("a resolver that throws or finds nothing fails one look-up") {
  runtime::node node({.shards = 1, .pool_threads = 1});
  node.extension<name_lookups>().resolve_with([](const std::string& host) {
    if (host == "throws")
      throw std::runtime_error("no idea");
    if (host == "throws more")
      throw 1;
    return found_addresses{{}, host + ": nobody"};
  });
  asker me(node);
  const auto told_of = [&](const std::string& host) {
    me.ask(host);
    return me.told.take();
  };
  CHECK(told_of("throws") == "throws 0throws: no idea");
  CHECK(told_of("throws more")
        == "throws more 0throws more: an exception that is not a std::exception");
  CHECK(told_of("nothing") == "nothing 0nothing: nobody");
}

TEST_CASE("the system finds localhost, and says why it does not find a name") {
  CHECK_FALSE(websock::look_up("localhost").addresses.empty());
  const auto none = websock::look_up("nobody.invalid");
  CHECK(none.addresses.empty());
  CHECK(none.failure.starts_with("nobody.invalid: "));
}
