// What happens to a cluster's surroundings: ports, files, epmd.
#include "tests/catch.hpp"
#include "tests/distribution/cluster_pair.hpp"
#include "tests/distribution/raw_peer.hpp"
#include "tests/support/certificates.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

using namespace tests;
using runtime::thread_process;

namespace {

/// What a node logs.
class lines_of_node {
public:
  [[nodiscard]] runtime::node_options options() {
    auto made = two_shards();
    made.log = [this](runtime::log_level, std::string_view line) {
      const std::lock_guard lock(mutex_);
      lines_.emplace_back(line);
      more_.notify_all();
    };
    return made;
  }
  /// Waits for `least` lines with this text; how many there are then.
  std::size_t count(const std::string& text, std::size_t least) {
    std::unique_lock lock(mutex_);
    const auto now = [&] {
      return static_cast<std::size_t>(
          std::count_if(lines_.begin(), lines_.end(), [&](const std::string& each) {
            return each.find(text) != std::string::npos;
          }));
    };
    more_.wait_for(lock, patience, [&] { return now() >= least; });
    return now();
  }

private:
  std::mutex mutex_;
  std::condition_variable more_;
  std::vector<std::string> lines_;
};

[[nodiscard]] std::string refusal(runtime::node& node,
                                  const runtime::cluster_options& options) {
  try {
    const runtime::cluster made(node, options);
    return {};
  } catch (const std::logic_error& thrown) {
    return thrown.what();
  }
}

/// Whether the node of `from` reaches `to` in the end.
[[nodiscard]] bool connects(member& from, const std::string& to) {
  thread_process here(from.node);
  from.cluster.monitor_nodes(here.pid());
  const auto end = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < end) {
    from.cluster.connect(to); // does nothing while it pauses
    if (here.receive(std::chrono::milliseconds(50), [](const runtime::node_up&) {}))
      return true;
  }
  return false;
}

} // namespace

TEST_CASE("a node has one cluster at a time, whichever threads make them") {
  cookie_file cookie;
  const auto epmd = free_port();
  runtime::node node(two_shards());
  const std::string told = "cluster: this node is a@127.0.0.1 already";
  {
    const runtime::cluster first(node, member::options("a@127.0.0.1", cookie, epmd));
    CHECK(refusal(node, member::options("b@127.0.0.1", cookie, epmd)).starts_with(told));
  }
  for (int round = 0; round < 20; ++round) {
    std::atomic<int> made{0};
    std::atomic<int> clear{0};
    const auto make = [&] {
      try {
        const runtime::cluster one(node, member::options("a@127.0.0.1", cookie, epmd));
        ++made;
        while (made + clear < 2)
          std::this_thread::yield();
      } catch (const std::logic_error& thrown) {
        clear += std::string(thrown.what()).starts_with(told) ? 1 : 100;
      }
    };
    {
      const std::jthread one(make);
      const std::jthread other(make);
    }
    CHECK(made == 1);
    CHECK(clear == 1);
  }
  CHECK(refusal(node, member::options("b@127.0.0.1", cookie, epmd)).empty());
}

TEST_CASE("a node that stops, or has stopped, joins no cluster") {
  cookie_file cookie;
  const auto epmd = free_port();
  channel<bool> stopping;
  runtime::node node(two_shards(patience));
  const auto last = node.spawn([&](runtime::process& self) -> runtime::waiting<> {
    self.trap_exit(true);
    stopping.put(true);
    co_await self.receive(runtime::infinity, [](const runtime::exit_signal&) {});
    stopping.put(true);
    co_await self.receive(runtime::infinity, [](int) {});
  });
  REQUIRE(stopping.take());
  {
    const std::jthread stop([&] { node.stop(); });
    REQUIRE(stopping.take());
    CHECK(refusal(node, member::options("a@127.0.0.1", cookie, epmd))
          == "cluster: the node stops, or has stopped");
    runtime::send(last, 1);
  }
  CHECK(refusal(node, member::options("a@127.0.0.1", cookie, epmd))
        == "cluster: the node stops, or has stopped");
}

TEST_CASE("when the node that serves as epmd ends, another one serves") {
  cookie_file cookie;
  const auto epmd = free_port();
  auto serving = std::make_unique<member>("a@127.0.0.1", cookie, epmd);
  member b("b@127.0.0.1", cookie, epmd);
  member c("c@127.0.0.1", cookie, epmd);
  serving.reset();
  CHECK(connects(b, "c@127.0.0.1"));
  member d("d@127.0.0.1", cookie, epmd);
  CHECK(connects(d, "b@127.0.0.1"));
  CHECK(connects(c, "d@127.0.0.1"));
}

TEST_CASE("strangers that are refused by the hundred take a line a second") {
  cookie_file cookie;
  lines_of_node log;
  runtime::node node(log.options());
  const runtime::cluster cluster(node,
                                 member::options("a@127.0.0.1", cookie, free_port()));
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 300; ++i) {
    raw_socket stranger(cluster.port());
    stranger.write("\xff\xffN");
    CHECK(stranger.is_closed());
  }
  CHECK(log.count("in a second)", 1) >= 1);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(
                           std::chrono::steady_clock::now() - begin)
                           .count();
  CHECK(log.count("is refused", 1) <= static_cast<std::size_t>(seconds) + 2);
}

TEST_CASE("a node with another cookie is told of once, however often it tries") {
  cookie_file cookie;
  const auto epmd = free_port();
  lines_of_node log;
  runtime::node node(log.options());
  const runtime::cluster cluster(node, member::options("a@127.0.0.1", cookie, epmd));
  ::setenv("WEBSOCK_OTHER_COOKIE", "other", 1);
  for (int i = 0; i < 5; ++i) {
    lines_of_node its_log;
    runtime::node other(its_log.options());
    auto options = member::options("b@127.0.0.1", cookie, epmd);
    options.cookie_file.clear();
    options.cookie_variable = "WEBSOCK_OTHER_COOKIE";
    runtime::cluster its_cluster(other, options);
    its_cluster.connect("a@127.0.0.1");
    CHECK(its_log.count("a@127.0.0.1 is not connected", 1) == 1);
  }
  CHECK(log.count("b@127.0.0.1 has another cookie", 1) == 1);
}

TEST_CASE("nodes with TLS and without see at once that they can't talk") {
  cookie_file cookie;
  const auto epmd = free_port();
  temporary_folder folder;
  certificate_authority ca{folder};
  const auto issued = ca.issue("node", {"IP:127.0.0.1"});
  auto options = member::options("tls@127.0.0.1", cookie, epmd);
  options.tls = runtime::cluster_tls{issued.certificate, issued.key, ca.file()};
  lines_of_node tls_log;
  lines_of_node plain_log;
  runtime::node tls_node(tls_log.options());
  runtime::node plain_node(plain_log.options());
  runtime::cluster with_tls(tls_node, options);
  runtime::cluster without(plain_node, member::options("plain@127.0.0.1", cookie, epmd));
  SECTION("TLS dials") {
    with_tls.connect("plain@127.0.0.1");
    CHECK(tls_log.count("TLS: the peer does not speak TLS", 1) == 1);
    CHECK(plain_log.count("speaks TLS, and this node does not", 1) == 1);
  }
  SECTION("TLS is dialled") {
    without.connect("tls@127.0.0.1");
    CHECK(plain_log.count("tls@127.0.0.1 speaks TLS, and this node does not", 1) == 1);
    CHECK(tls_log.count("the peer does not speak TLS", 1) == 1);
  }
}

TEST_CASE("a port in use is told, and the node may join by another one") {
  cookie_file cookie;
  const auto epmd = free_port();
  member a("a@127.0.0.1", cookie, epmd);
  runtime::node node(two_shards());
  auto options = member::options("b@127.0.0.1", cookie, epmd);
  options.port = a.cluster.port();
  CHECK_THROWS_AS(runtime::cluster(node, options), std::system_error);
  options.port = 0;
  const runtime::cluster joined(node, options);
  CHECK(joined.port() != a.cluster.port());
}

TEST_CASE("a cookie that others can read is refused") {
  cookie_file cookie;
  REQUIRE(::chmod(cookie.path().c_str(), 0644) == 0);
  runtime::node node(two_shards());
  CHECK_THROWS(
      runtime::cluster(node, member::options("a@127.0.0.1", cookie, free_port())));
  REQUIRE(::chmod(cookie.path().c_str(), 0600) == 0);
  CHECK_NOTHROW(
      runtime::cluster(node, member::options("a@127.0.0.1", cookie, free_port())));
}

TEST_CASE("an epmd that does not answer is an error once connect_timeout is over") {
  cookie_file cookie;
  loopback_listener silent;
  auto options = member::options("a@127.0.0.1", cookie, silent.port());
  options.connect_timeout = std::chrono::milliseconds(100);
  runtime::node node(two_shards());
  CHECK_THROWS_AS(runtime::cluster(node, options), std::runtime_error);
  CHECK(node.name() == "nonode@nohost");
}

TEST_CASE("nodes are found again once epmd has been killed and has come back") {
  if (!has_erlang())
    return;
  cookie_file cookie;
  auto epmd = std::make_unique<erlang_epmd>();
  const auto port = epmd->port();
  member a("a@127.0.0.1", cookie, port);
  epmd.reset();
  epmd = std::make_unique<erlang_epmd>(port);
  member b("b@127.0.0.1", cookie, port);
  thread_process here(b.node);
  b.cluster.monitor_nodes(here.pid());
  bool is_up = false;
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!is_up && std::chrono::steady_clock::now() < end) {
    b.cluster.connect("a@127.0.0.1"); // does nothing while it pauses
    is_up = here.receive(std::chrono::milliseconds(100), [](const runtime::node_up&) {});
  }
  CHECK(is_up);
}
