// How many processors a program may use.
#include "websock/runtime/process/cpu_count.hpp"

#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/shard.hpp"

#include "tests/catch.hpp"

#include <sched.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <future>
#include <string>
#include <thread>

namespace runtime = websock::runtime;

using runtime::usable_cpus;
using runtime::detail::control_group_in;
using runtime::detail::cpus_of_quota;

TEST_CASE("a quota allows as many processors as it has time for, rounded up") {
  CHECK(cpus_of_quota("200000 100000\n") == 2);
  CHECK(cpus_of_quota("150000 100000\n") == 2);
  CHECK(cpus_of_quota("50000 100000\n") == 1);
  CHECK(cpus_of_quota("1 1000000") == 1);
  CHECK(cpus_of_quota("6400000 100000\n") == 64);
  for (const char* none : {"max 100000\n", "", "\n", "100000", "0 100000\n", "100000 0\n",
                           "-1 100000\n", "words and more\n"})
    CHECK_FALSE(cpus_of_quota(none));
}

TEST_CASE("the control group of a program is that of version 2") {
  CHECK(control_group_in("0::/user.slice/one.scope\n") == "/user.slice/one.scope");
  CHECK(control_group_in("12:cpu,cpuacct:/old\n1:name=systemd:/x\n0::/new\n") == "/new");
  CHECK(control_group_in("0::/") == "/");
  CHECK_FALSE(control_group_in("12:cpu,cpuacct:/old\n"));
  CHECK_FALSE(control_group_in(""));
  CHECK_FALSE(control_group_in("10::/not-this\n"));
}

TEST_CASE("a program uses the processors that its affinity allows, and a node one each") {
  std::size_t before = 0;
  std::size_t usable = 0;
  std::size_t shards = 0;
  std::thread([&] { // whose affinity is its own
    before = usable_cpus();
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    REQUIRE(::sched_getaffinity(0, sizeof allowed, &allowed) == 0);
    std::size_t first = 0;
    while (!CPU_ISSET(first, &allowed))
      ++first;
    CPU_ZERO(&allowed);
    CPU_SET(first, &allowed);
    REQUIRE(::sched_setaffinity(0, sizeof allowed, &allowed) == 0);
    usable = usable_cpus();
    shards = runtime::node({.pool_threads = 1}).shard_count();
  })
      .join();
  CHECK(before >= 1);
  CHECK(before <= std::max(1U, std::thread::hardware_concurrency()));
  CHECK(usable == 1);
  CHECK(shards == 1);
}

TEST_CASE("threads of a node have names") {
  runtime::node node({.shards = 2, .pool_threads = 1});
  const auto is_there = [](const std::string& wanted) {
    for (const auto& each : std::filesystem::directory_iterator("/proc/self/task")) {
      std::ifstream file(each.path() / "comm");
      std::string name;
      if (std::getline(file, name) && name == wanted)
        return true;
    }
    return false;
  };
  // A shard that answers has begun, and its name is the first thing that it does.
  for (std::size_t i = 0; i < 2; ++i) {
    std::promise<void> runs;
    node.shard_at(i).post([&runs](runtime::shard&) { runs.set_value(); });
    runs.get_future().wait();
  }
  CHECK(is_there("websock/0"));
  CHECK(is_there("websock/1"));
}
