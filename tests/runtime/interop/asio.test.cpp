// Asio operations that a callback awaits: results, failures, and what happens if the
// process exits first.
#include "websock/runtime/interop/asio.hpp"

#include "websock/runtime/server/thread_process.hpp"

#include "tests/catch.hpp"
#include "tests/support/inner.hpp"
#include "tests/support/waiting_worker.hpp"

#include <asio/buffer.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/post.hpp>
#include <asio/read.hpp>
#include <asio/steady_timer.hpp>
#include <asio/write.hpp>

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <system_error>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using namespace tests;
using asio::ip::tcp;
using runtime::awaited;
using runtime::awaited_with_error;

namespace {

/// Two sockets that are connected: one of the test, which blocks, one of the shard.
struct socket_pair {
  explicit socket_pair(runtime::process& self) {
    tcp::acceptor acceptor(outside, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    inner.emplace(self.shard().io());
    inner->connect(acceptor.local_endpoint());
    outer.emplace(acceptor.accept());
  }
  asio::io_context outside;
  std::optional<tcp::socket> inner;
  std::optional<tcp::socket> outer;
};

/// Does one thing that waits, and tells the test what came out.
class client final : public runtime::gen_server {
public:
  using job = std::function<runtime::waiting<std::string>(runtime::process&)>;
  client(job todo, pid owner) : todo_(std::move(todo)), owner_(std::move(owner)) {}

private:
  server_result handle_info(term info) override {
    if (info.is<go>()) {
      auto outcome = co_await todo_(self());
      self().send(owner_, std::move(outcome));
    } else {
      self().send(owner_, "info " + to_string(info));
    }
    co_return noreply();
  }
  const job todo_;
  const pid owner_;
};

/// An operation that is over when the test calls `complete`.
template <class Token>
auto completed_by(std::function<void()>& complete, Token token) {
  const auto start = [&complete](auto handler) {
    complete = [handler]() mutable { handler(); };
  };
  return asio::async_initiate<Token, void()>(start, token);
}

struct scene {
  explicit scene(client::job todo)
      : target(node.spawn<client>(std::move(todo), me.pid())),
        monitor(me.monitor(target)) {
    runtime::send(target, go{});
  }
  /// The next thing that the client tells.
  [[nodiscard]] std::string told() {
    return me.receive(10s, [](const std::string& what) { return what; }).value_or("?");
  }
  [[nodiscard]] std::string end() {
    return me
        .receive(10s, [](const runtime::down& gone) { return to_string(gone.reason); })
        .value_or("alive");
  }
  /// Runs until the shard has nothing to do that was posted before.
  void settle() {
    me.receive(0ms, [](runtime::otherwise) {});
    node.spawn([to = me.pid()](runtime::process& self) {
      asio::post(self.shard().io(), [to] { runtime::send(to, go{}); });
    });
    REQUIRE(me.receive(10s, [](go) {}));
  }

  runtime::node node{{.shards = 1}};
  runtime::thread_process me{node};
  pid target;
  runtime::reference monitor;
};

} // namespace

TEST_CASE("a callback reads from a socket of its own, and messages wait") {
  std::atomic<tcp::socket*> outer{nullptr};
  scene on([&](runtime::process& self) -> runtime::waiting<std::string> {
    socket_pair sockets(self);
    outer = &*sockets.outer;
    self.send(self.pid(), std::string("later"));
    std::array<char, 5> bytes{};
    asio::write(*sockets.outer, asio::buffer("he", 2));
    const auto first =
        co_await sockets.inner->async_read_some(asio::buffer(bytes), awaited(self));
    asio::write(*sockets.outer, asio::buffer("llo", 3));
    const auto rest = co_await asio::async_read(
        *sockets.inner, asio::buffer(bytes) + first, awaited(self));
    co_return std::string(bytes.data(), first + rest);
  });
  CHECK(on.told() == "hello");
  CHECK(on.told() == "info \"later\"");
}

TEST_CASE("a callback connects and writes, and waits for a timer of Asio") {
  scene on([](runtime::process& self) -> runtime::waiting<std::string> {
    asio::io_context outside;
    tcp::acceptor acceptor(outside, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    tcp::socket socket(self.shard().io());
    co_await socket.async_connect(acceptor.local_endpoint(), awaited(self));
    tcp::socket peer = acceptor.accept();
    const auto count =
        co_await asio::async_write(socket, asio::buffer("hello", 5), awaited(self));
    std::array<char, 5> bytes{};
    asio::read(peer, asio::buffer(bytes));
    asio::steady_timer timer(self.shard().io(), 5ms);
    const auto before = std::chrono::steady_clock::now();
    co_await timer.async_wait(awaited(self));
    const bool is_early = std::chrono::steady_clock::now() < before + 4ms;
    co_return std::to_string(count) + std::string(bytes.data(), 5)
        + (is_early ? " early" : "");
  });
  CHECK(on.told() == "5hello");
}

TEST_CASE("an operation that fails throws, or gives its error") {
  scene on([](runtime::process& self) -> runtime::waiting<std::string> {
    socket_pair sockets(self);
    asio::write(*sockets.outer, asio::buffer("hel", 3));
    sockets.outer.reset();
    std::array<char, 5> bytes{};
    const auto [failed, count] = co_await asio::async_read(
        *sockets.inner, asio::buffer(bytes), awaited_with_error(self));
    std::string outcome = failed.message() + " " + std::to_string(count);
    try {
      co_await sockets.inner->async_read_some(asio::buffer(bytes), awaited(self));
    } catch (const std::system_error& thrown) {
      outcome += thrown.code() == asio::error::eof ? ", thrown" : ", another";
    }
    co_return outcome;
  });
  CHECK(on.told() == asio::error_code(asio::error::eof).message() + " 3, thrown");
}

TEST_CASE("an operation that takes too long is cancelled, and what it did is told") {
  scene on([](runtime::process& self) -> runtime::waiting<std::string> {
    socket_pair sockets(self);
    asio::write(*sockets.outer, asio::buffer("hel", 3));
    std::array<char, 5> bytes{};
    const auto [failed, count] = co_await asio::async_read(
        *sockets.inner, asio::buffer(bytes), awaited_with_error(self, 10ms));
    std::string outcome = std::to_string(count);
    outcome += failed == asio::error::timed_out ? " timed out" : failed.message();
    try {
      co_await sockets.inner->async_read_some(asio::buffer(bytes), awaited(self, 1ms));
    } catch (const std::system_error& thrown) {
      outcome += thrown.code() == asio::error::timed_out ? ", again" : ", another";
    }
    // The socket is as good as before.
    asio::write(*sockets.outer, asio::buffer("lo", 2));
    outcome += std::to_string(
        co_await sockets.inner->async_read_some(asio::buffer(bytes), awaited(self, 10s)));
    co_return outcome;
  });
  CHECK(on.told() == "3 timed out, again2");
}

TEST_CASE("a process that is killed ends its read at once; the socket may live on") {
  std::shared_ptr<socket_pair> sockets;
  scene on([&](runtime::process& self) -> runtime::waiting<std::string> {
    sockets = std::make_shared<socket_pair>(self);
    runtime::send(on.me.pid(), std::string("reads"));
    std::array<char, 5> bytes{}; // in the frame, which goes with the process
    co_await asio::async_read(*sockets->inner, asio::buffer(bytes), awaited(self));
    co_return "went on";
  });
  REQUIRE(on.told() == "reads");
  on.settle(); // so that it reads by now
  on.node.exit(on.target, runtime::reason::kill);
  CHECK(on.end() == "killed");
  asio::write(*sockets->outer, asio::buffer("hello", 5)); // nobody reads it
  on.settle();
  std::array<char, 5> bytes{};
  CHECK(asio::read(*sockets->inner, asio::buffer(bytes)) == 5);
  on.node.stop();
  sockets.reset(); // before the shard that it belongs to
}

TEST_CASE("an operation that completes as its process is killed is dropped") {
  const bool is_first = GENERATE(true, false);
  bool went_on = false;
  std::function<void()> complete;
  scene on([&](runtime::process& self) -> runtime::waiting<std::string> {
    asio::post(self.shard().io(), [&complete, is_first, who = self.pid()] {
      if (is_first)
        complete(); // it would go on in the next turn
      tests::process_of(who).node().exit(who, runtime::reason::kill);
      if (!is_first)
        complete();
    });
    co_await completed_by(complete, awaited(self));
    went_on = true;
    co_return "went on";
  });
  CHECK(on.end() == "killed");
  on.settle();
  CHECK_FALSE(went_on);
}

TEST_CASE("a node that stops ends what its processes wait for") {
  bool went_on = false;
  {
    scene on([&](runtime::process& self) -> runtime::waiting<std::string> {
      asio::steady_timer timer(self.shard().io(), 1h);
      runtime::send(on.me.pid(), std::string("waits"));
      co_await timer.async_wait(awaited(self));
      went_on = true;
      co_return "went on";
    });
    REQUIRE(on.told() == "waits");
    on.node.stop();
  }
  CHECK_FALSE(went_on);
}
