// A topic with a thousand real subscribers, a hundred of which never read.
#include "websock/handler/handler.hpp"
#include "websock/runtime/registry/process_info.hpp"
#include "websock/runtime/registry/pubsub.hpp"
#include "websock/runtime/server/thread_process.hpp"
#include "websock/serve/server.hpp"

#include "tests/catch.hpp"
#include "tests/support/allocations.hpp"
#include "tests/support/channel.hpp"
#include "tests/support/http_answer.hpp"
#include "tests/support/narrow_socket.hpp"
#include "tests/support/running_server.hpp"
#include "tests/support/websocket_client.hpp"

#include <malloc.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using runtime::pubsub::broadcast_result;

namespace {

constexpr int all = 1'000;
constexpr int silent = 100; // never read
constexpr int messages = 72;
constexpr int ahead = 8; // of those that read, on average
constexpr std::size_t message_size = 8'192;
constexpr std::size_t high_mark = 196'608;
constexpr std::uint32_t mailbox_size = 8;
constexpr std::size_t of_frame = message_size + 4;

[[nodiscard]] std::string body_of(int number) {
  auto text = std::to_string(number) + ' ';
  text.resize(message_size, static_cast<char>('a' + number % 26));
  return text;
}

/// Of a server: text, not masked, with 16 bits of length (RFC 6455 §5.2).
[[nodiscard]] std::string frame_of(int number) {
  std::string frame("\x81\x7E", 2);
  frame += static_cast<char>(message_size >> 8U);
  frame += static_cast<char>(message_size & 0xFFU);
  return frame + body_of(number);
}

class feed final : public websock::handler {
public:
  explicit feed(tests::channel<runtime::pid>& started) : started_(started) {}

private:
  websock::handle_result init() override {
    runtime::pubsub::subscribe(self(), "news");
    started_.put(self().pid());
    return websock::ok();
  }
  websock::handle_result handle_in(websock::message_view) override {
    return websock::ok();
  }
  websock::handle_result handle_info(runtime::term info) override {
    return websock::push(info.get<websock::shared_message>());
  }
  tests::channel<runtime::pid>& started_;
};

/// What the heap holds, of the whole program; 0 under a sanitizer.
[[nodiscard]] std::size_t heap() {
  return tests::are_allocations_counted() ? ::mallinfo2().uordblks : 0;
}

/// Reads all of its sockets as fast as they give, and compares with what is to come.
class readers {
public:
  explicit readers(std::string expected)
      : expected_(std::move(expected)), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {}
  ~readers() {
    for (const auto& each : sockets_)
      ::close(each.descriptor);
    ::close(epoll_);
  }
  readers(const readers&) = delete;
  readers& operator=(const readers&) = delete;

  void add(int descriptor) {
    epoll_event wanted{.events = EPOLLIN, .data = {.u64 = sockets_.size()}};
    sockets_.push_back({descriptor, 0});
    REQUIRE(::epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &wanted) == 0);
  }
  /// Until each has got all, or something else, or nothing in time.
  void run() {
    std::array<epoll_event, 256> ready{};
    while (complete_ < sockets_.size() && !is_wrong_) {
      const int count = ::epoll_wait(epoll_, ready.data(), ready.size(), 60'000);
      if (count <= 0)
        return;
      for (int i = 0; i < count; ++i)
        read(sockets_[ready[static_cast<std::size_t>(i)].data.u64]);
    }
  }
  /// Any thread: until all together have got so many bytes; false when it takes too long.
  [[nodiscard]] bool wait_for(std::size_t bytes) const {
    const auto deadline = std::chrono::steady_clock::now() + tests::patience;
    while (got_ < bytes && !is_wrong_ && std::chrono::steady_clock::now() < deadline)
      std::this_thread::yield();
    return got_ >= bytes;
  }
  [[nodiscard]] std::size_t complete() const noexcept { return complete_; }
  [[nodiscard]] bool is_wrong() const noexcept { return is_wrong_; }

private:
  struct socket {
    int descriptor;
    std::size_t got;
  };

  void read(socket& from) {
    const auto count =
        ::recv(from.descriptor, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (count < 0)
      return;
    const std::string_view got(buffer_.data(), static_cast<std::size_t>(count));
    if (got.empty() || expected_.compare(from.got, got.size(), got) != 0)
      is_wrong_ = true;
    from.got += got.size();
    got_ += got.size();
    complete_ += from.got == expected_.size() ? 1U : 0U;
  }

  const std::string expected_;
  const int epoll_;
  std::vector<socket> sockets_;
  std::vector<char> buffer_ = std::vector<char>(65'536);
  std::size_t complete_ = 0;
  std::atomic<std::size_t> got_{0};
  std::atomic<bool> is_wrong_{false};
};

/// Whether the first messages come, in order, and then 1013.
[[nodiscard]] bool is_orderly(tests::websocket_client& client) {
  int number = 0;
  auto next = client.take();
  for (; next.code == websock::protocol::opcode::text; next = client.take(), ++number)
    if (next.payload != body_of(number))
      return false;
  return number > 0 && number < messages && next.payload.starts_with("\x03\xF5");
}

/// Several at a time: what each waits for is the kernel.
[[nodiscard]] int count_orderly(std::vector<tests::websocket_client>& clients) {
  std::atomic<std::size_t> next{0};
  std::atomic<int> orderly{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 20; ++i)
    threads.emplace_back([&] {
      for (auto at = next++; at < clients.size(); at = next++)
        orderly += is_orderly(clients[at]) ? 1 : 0;
    });
  for (auto& each : threads)
    each.join();
  return orderly;
}

/// An ordinary socket, upgraded.
[[nodiscard]] int connect_reader(std::uint16_t port) {
  const int made = tests::connect_wide(port).descriptor;
  const auto request = tests::upgrade_request("/");
  REQUIRE(::send(made, request.data(), request.size(), MSG_NOSIGNAL)
          == static_cast<ssize_t>(request.size()));
  std::string head;
  while (!head.ends_with("\r\n\r\n")) {
    std::array<char, 1'024> some{}; // nothing comes behind it yet
    const auto count = ::recv(made, some.data(), some.size(), 0);
    REQUIRE(count > 0);
    head.append(some.data(), static_cast<std::size_t>(count));
  }
  REQUIRE(head.starts_with("HTTP/1.1 101 "));
  return made;
}

} // namespace

TEST_CASE("of a thousand subscribers, those that read get everything; those that do not "
          "cost what the limits say [15][19]") {
  tests::channel<runtime::pid> started;
  websock::server_options options;
  options.connection.timeout = 1h;
  options.connection.send_timeout = 1h;
  options.connection.high_mark = high_mark;
  options.connection.low_mark = 1'024; // whatever the kernel may still take
  options.connection.mailbox = {mailbox_size, 0, runtime::when_full::close};
  tests::running_server subject(
      [&](websock::server& server) { server.websocket<feed>("/", std::ref(started)); },
      options);
  runtime::thread_process me(subject.node);

  std::vector<tests::websocket_client> paused;
  std::vector<runtime::pid> slow;
  paused.reserve(silent);
  for (int i = 0; i < silent; ++i) {
    paused.emplace_back(tests::tcp_client(tests::connect_narrow(subject.port())));
    slow.push_back(started.take());
  }
  std::string expected;
  for (int number = 0; number < messages; ++number)
    expected += frame_of(number);
  readers reading(expected);
  for (int i = silent; i < all; ++i) {
    reading.add(connect_reader(subject.port()));
    static_cast<void>(started.take());
  }
  REQUIRE(subject.server.connection_count() == all);
  const auto heap_before = heap();

  std::jthread reader([&] { reading.run(); });
  std::size_t reached = 0;
  std::size_t shed = 0;
  for (int number = 0; number < messages; ++number) {
    const auto payload = websock::share(websock::text(body_of(number)));
    static_cast<void>(me.in_process([&](runtime::process& self) {
      return runtime::pubsub::broadcast_counted(self, "news", payload);
    }));
    // One after the other, and as fast as is read: nobody who reads is behind.
    const auto result =
        me.receive(tests::patience, [](const broadcast_result& each) { return each; });
    REQUIRE(result);
    reached += result->reached;
    shed += result->shed;
    REQUIRE(reading.wait_for((all - silent) * of_frame
                             * static_cast<std::size_t>(std::max(0, number - ahead))));
  }
  reader.join();

  // The 900: all of it, byte by byte.
  CHECK_FALSE(reading.is_wrong());
  CHECK(reading.complete() == all - silent);

  // The 100: suspended, and shed from.
  const auto now = subject.server.statistics();
  CHECK(now.connections == all);
  CHECK(now.suspended == silent);
  CHECK(shed > silent * std::size_t{mailbox_size});
  CHECK(reached + shed >= std::size_t{all} * messages);
  CHECK(now.messages_dropped == shed);
  std::uint64_t dropped = 0;
  int suspended = 0;
  for (const auto& each : slow) {
    const auto found = runtime::info(me, each);
    REQUIRE(found);
    dropped += found->messages_dropped;
    suspended += found->status == runtime::process_status::suspended ? 1 : 0;
    CHECK(found->message_queue_len <= mailbox_size + 3); // the orders to end
  }
  CHECK(dropped == shed);
  CHECK(suspended == silent);

  // What all of that costs: the marks, and a mailbox with what is in it, for each.
  CHECK(now.unsent_bytes > silent * high_mark / 4); // the kernel takes more in time
  CHECK(now.unsent_bytes <= silent * (high_mark + of_frame));
  constexpr std::size_t of_silent = 2 * (high_mark + of_frame) + mailbox_size * 128;
  CHECK(heap() <= heap_before + silent * of_silent + messages * message_size + 2'000'000);

  // Their end, when they read at last: what they were sent, in order, and 1013.
  CHECK(count_orderly(paused) == silent);
}
