// Nodes that know the cookie and lie, and strangers that do not know it.
#include "tests/catch.hpp"
#include "tests/distribution/cluster_pair.hpp"
#include "tests/distribution/named_processes.hpp"
#include "tests/distribution/raw_peer.hpp"

#include <optional>
#include <thread>

using namespace tests;
using runtime::pid;
using runtime::term;
using runtime::thread_process;

namespace {

struct attacked {
  explicit attacked(std::size_t high_mark = 8'388'608)
      : cluster(node, options(high_mark)) {
    its_pid = node.spawn<target>();
    while (!node.whereis("target"))
      std::this_thread::yield();
    speaker.emplace(node);
    cluster.monitor_nodes(speaker->pid());
  }
  runtime::cluster_options options(std::size_t high_mark) const {
    auto all = member::options("a@127.0.0.1", cookie, free_port(), {"target"});
    all.high_mark = high_mark;
    all.low_mark = std::min(all.low_mark, high_mark);
    all.message_size = 65'536;
    return all;
  }
  [[nodiscard]] raw_peer peer(const std::string& name = "raw@127.0.0.1") const {
    return {name, "a@127.0.0.1", cluster.port()};
  }
  /// Once the raw node's connection is lost.
  [[nodiscard]] std::string loss() {
    std::string why;
    CHECK(speaker->receive(patience,
                           [&](const runtime::node_down& down) { why = down.why; }));
    return why;
  }
  [[nodiscard]] bool still_answers() {
    auto other = peer("other@127.0.0.1");
    return other.pid_of("target").id != 0;
  }

  cookie_file cookie;
  runtime::node node{two_shards()};
  runtime::cluster cluster;
  pid its_pid;
  std::optional<thread_process> speaker;
};

} // namespace

TEST_CASE("a second monitor with a reference in use is none") {
  attacked here;
  auto peer = here.peer();
  const auto there = peer.pid_of("target");
  for (int i = 0; i < 2; ++i)
    peer.send(control::monitor{peer.process(1), there, peer.reference(1)});
  peer.send(control::monitor{peer.process(1), there, peer.reference(2)});
  CHECK(peer.pid_of("target") == there); // all have arrived
  here.node.exit(here.its_pid, runtime::reason::kill);
  int heard = 0;
  CHECK(peer.wait_for([&](const distribution::received_message& message) {
    const auto* down = std::get_if<control::monitor_exit>(&message.what);
    heard += down != nullptr ? 1 : 0;
    return down != nullptr && down->reference == peer.reference(2);
  }));
  CHECK(heard == 2);
}

TEST_CASE("signals about links that do not exist change nothing and are answered") {
  attacked here;
  auto peer = here.peer();
  const auto there = peer.pid_of("target");
  const auto kill = [](etf::writer& out) { out.atom("kill"); };
  peer.send(control::exit{peer.process(1), there}, kill);
  peer.send(control::unlink_id_ack{7, peer.process(1), there});
  peer.send(control::demonitor{peer.process(1), there, peer.reference(9)});
  peer.send(control::monitor_exit{peer.process(1), there, peer.reference(9)}, kill);
  peer.send(control::unlink_id{5, peer.process(1), there});
  CHECK(peer.wait_for([](const distribution::received_message& message) {
    const auto* answer = std::get_if<control::unlink_id_ack>(&message.what);
    return answer != nullptr && answer->id == 5;
  }));
  CHECK(here.its_pid.is_alive());
}

TEST_CASE("a node that speaks for another one is given up") {
  attacked here;
  auto peer = here.peer();
  const auto there = peer.pid_of("target");
  peer.send(control::link{distribution::pid_view("other@127.0.0.1", 1, 0, 1), there});
  CHECK(peer.socket.is_closed());
  CHECK(here.loss().find("no signal") != std::string::npos);
  CHECK(here.its_pid.is_alive());
}

TEST_CASE("ten thousand monitors and links of a node that is gone are forgotten") {
  attacked here;
  {
    auto peer = here.peer();
    const auto there = peer.pid_of("target");
    std::string all;
    for (std::uint32_t i = 0; i < 10'000; ++i) {
      all += peer.packet(control::monitor{peer.process(i), there, peer.reference(i)});
      all += peer.packet(control::link{peer.process(i), there});
    }
    REQUIRE(peer.socket.write(all));
    CHECK(peer.pid_of("target") == there);                 // all have arrived
    here.node.exit(here.its_pid, runtime::reason::normal); // nothing to a process
    peer.socket.reset();
  }
  CHECK_FALSE(here.loss().empty());
  // By `noconnection` of a link, which its own shard takes in.
  static_cast<void>(here.speaker->monitor(here.its_pid));
  CHECK(here.speaker->receive(patience, [](const runtime::down&) {}));
}

TEST_CASE("a node that makes us write and does not read is given up") {
  attacked here(1);
  auto peer = here.peer();
  const auto there = peer.pid_of("target");
  std::string some;
  for (std::uint32_t i = 0; i < 1'000; ++i)
    some += peer.packet(control::unlink_id{i + 1, peer.process(i), there});
  std::size_t sent = 0;
  constexpr std::size_t enough = std::size_t{256} << 20U;
  while (sent < enough && peer.socket.write(some))
    sent += some.size();
  CHECK(sent < enough);
  CHECK(here.loss() == "it takes less than is sent to it");
  CHECK(here.still_answers());
}

TEST_CASE("a flood of nodes' names leaves room for nodes that connect") {
  attacked here;
  auto peer = here.peer();
  for (std::uint32_t i = 0; i < 5'000; ++i)
    peer.send(control::reg_send{peer.process(1), "target"}, [&](etf::writer& out) {
      out.pid({{"n" + std::to_string(i) + "@127.0.0.1"}, 1, 0, 1});
    });
  static_cast<void>(peer.pid_of("target"));
  CHECK(here.cluster.peers().size() < 4'000);
  CHECK(here.still_answers());
}

TEST_CASE("a packet that is too long, and one cut off, end the connection alone") {
  attacked here;
  {
    auto peer = here.peer();
    static_cast<void>(peer.pid_of("target"));
    peer.socket.write(std::string("\x7f\xff\xff\xff", 4));
    CHECK(peer.socket.is_closed());
  }
  CHECK(here.loss().find("octets; the limit is") != std::string::npos);
  {
    auto peer = here.peer();
    const auto whole =
        peer.packet(control::reg_send{peer.process(1), "target"},
                    [](etf::writer& out) { out.binary(std::string(100, 'x')); });
    peer.socket.write(whole.substr(0, whole.size() - 1));
  }
  CHECK_FALSE(here.loss().empty());
  CHECK(here.still_answers());
}

TEST_CASE("silent strangers give their places back, however long a connect may take") {
  cookie_file cookie;
  auto options = member::options("a@127.0.0.1", cookie, free_port(), {"target"});
  options.connect_timeout = std::chrono::milliseconds::max();
  runtime::node node(two_shards());
  const runtime::cluster cluster(node, options);
  node.spawn<target>();
  std::vector<std::unique_ptr<raw_socket>> silent;
  for (int i = 0; i < 16; ++i)
    silent.push_back(std::make_unique<raw_socket>(cluster.port()));
  raw_peer late("raw@127.0.0.1", "a@127.0.0.1", cluster.port());
  CHECK(late.pid_of("target").id != 0);
}

TEST_CASE("strangers that come by the hundred and talk without end are turned away") {
  attacked here;
  for (int i = 0; i < 300; ++i) {
    raw_socket stranger(here.cluster.port());
    stranger.write(i % 2 == 0 ? std::string(70'000, 'N') : std::string("\xff\xffN"));
  }
  std::string letters; // short packets, so that only their sum is too much
  for (int i = 0; i < 30'000; ++i)
    letters += std::string("\0\1s", 3);
  raw_socket talker(here.cluster.port());
  talker.write(letters);
  CHECK(talker.is_closed());
  CHECK(here.still_answers());
}
