// Two nodes of this program on sockets, joined, and a thread on one of them that speaks
// as a process.
#pragma once

#include "websock/runtime/cluster.hpp"
#include "websock/runtime/distribution/terms/register_message.hpp"
#include "websock/runtime/node.hpp"
#include "websock/runtime/thread_process.hpp"

#include "tests/catch.hpp"
#include "tests/distribution/support/erlang_program.hpp"
#include "tests/support/channel.hpp"
#include "tests/support/two_shards.hpp"

#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace tests {

using namespace std::chrono_literals;

/// A file with the cookie of all test nodes, which nobody else may read.
class cookie_file {
public:
  cookie_file() {
    std::string name = "/tmp/websock-cookie-XXXXXX";
    const int made = ::mkstemp(name.data());
    REQUIRE(made >= 0);
    REQUIRE(::write(made, "secret\n", 7) == 7);
    ::close(made);
    path_ = name;
  }
  ~cookie_file() { ::unlink(path_.c_str()); }
  cookie_file(const cookie_file&) = delete;
  cookie_file& operator=(const cookie_file&) = delete;

  [[nodiscard]] const std::string& path() const noexcept { return path_; }

private:
  std::string path_;
};

/// A node in a cluster.
struct member {
  runtime::node node;
  runtime::cluster cluster;

  member(const std::string& name, const cookie_file& cookie, std::uint16_t epmd,
         std::vector<std::string> exported = {})
      : node(two_shards()),
        cluster(node, options(name, cookie, epmd, std::move(exported))) {}

  static runtime::cluster_options options(const std::string& name,
                                          const cookie_file& cookie, std::uint16_t epmd,
                                          std::vector<std::string> exported = {}) {
    runtime::cluster_options all;
    all.name = name;
    all.cookie_file = cookie.path();
    all.epmd_port = epmd;
    all.exported_names = std::move(exported);
    return all;
  }
};

/// Sends what it gets back to the pid that comes with it: {From, Value}.
class mirror final : public runtime::behaviour {
private:
  void on_start() override { self().register_name("mirror"); }
  void on_message(runtime::term message) override {
    message.match([](const runtime::pid& from,
                     const runtime::term& value) { runtime::send(from, value); },
                  [](const runtime::pid& from, const std::string& text) {
                    runtime::send(from, text);
                  },
                  [](runtime::otherwise) {});
  }
};

/// The nodes a and b, and a `Target` on b, which registers itself as "target" and sends
/// its pid to who sends it one.
template <class Target>
struct cluster_pair {
  explicit cluster_pair(std::vector<std::string> exported_by_b)
      : b("b@127.0.0.1", cookie, epmd, std::move(exported_by_b)) {}

  /// The pid of a new target, as a knows it.
  runtime::pid target_of_b() {
    b.node.template spawn<Target>();
    while (!b.node.whereis("target"))
      std::this_thread::yield();
    return ask();
  }
  /// The pid of the target, as a knows it.
  runtime::pid ask() {
    on_a.in_process([](runtime::process& self) {
      self.send(runtime::name_at{"target", "b@127.0.0.1"}, self.pid());
    });
    runtime::pid found;
    REQUIRE(on_a.receive(patience, [&](const runtime::pid& its) { found = its; }));
    return found;
  }

  cookie_file cookie;
  std::uint16_t epmd = free_port();
  member a{"a@127.0.0.1", cookie, epmd};
  member b;
  runtime::thread_process on_a{a.node};
};

} // namespace tests
