// A client that never stops sending: while the handler takes nothing, the kernel's
// buffers limit what it can send, and none of it takes up the server's memory.
#include "websock/handler/handler.hpp"
#include "websock/runtime/process/process.hpp"
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
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <string>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;

namespace {

constexpr int messages = 1'500;
constexpr std::size_t message_size = 16'384;
/// The kernel's buffers on both ends, and what reads took. The receiver's grows up to
/// 6 MB where the server has read fast.
constexpr std::size_t most_taken = 10'000'000;
static_assert(messages * message_size > 2 * most_taken);
constexpr int quiet_ms = 300;

struct go_on {};

[[nodiscard]] std::string body_of(int number) {
  auto text = std::to_string(number) + ' ';
  text.resize(message_size, static_cast<char>('a' + number % 26));
  return text;
}

[[nodiscard]] std::string everything() {
  std::string frames;
  for (int number = 0; number < messages; ++number)
    frames += tests::text_frame(body_of(number));
  return frames;
}

/// An upgraded connection with small buffers.
class sender {
public:
  explicit sender(std::uint16_t port)
      : descriptor_(tests::connect_narrow(port).descriptor) {
    const auto request = tests::upgrade_request("/");
    write(request);
    std::string head;
    while (!head.ends_with("\r\n\r\n"))
      head += read(1);
    REQUIRE(head.starts_with("HTTP/1.1 101 "));
  }
  ~sender() { ::close(descriptor_); }
  sender(const sender&) = delete;
  sender& operator=(const sender&) = delete;

  /// Sends until nothing more is taken: what was.
  [[nodiscard]] std::size_t send_until_stuck(std::string_view bytes) {
    return tests::send_until_stuck(descriptor_, bytes, quiet_ms);
  }
  /// Sends all of it, and reads meanwhile and then `count` bytes.
  [[nodiscard]] std::string exchange(std::string_view bytes, std::size_t count) {
    std::string got;
    while (!bytes.empty() || got.size() < count) {
      pollfd waited{descriptor_, POLLIN, 0};
      if (!bytes.empty())
        waited.events |= POLLOUT;
      REQUIRE(::poll(&waited, 1, 60'000) == 1);
      if ((waited.revents & POLLOUT) != 0) {
        const auto sent =
            ::send(descriptor_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent > 0)
          bytes.remove_prefix(static_cast<std::size_t>(sent));
      }
      if ((waited.revents & POLLIN) != 0)
        got += read(count - got.size());
    }
    return got;
  }

private:
  void write(std::string_view bytes) {
    REQUIRE(::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL)
            == static_cast<ssize_t>(bytes.size()));
  }
  /// What has come, `most` bytes at most.
  [[nodiscard]] std::string read(std::size_t most) {
    std::string buffer(std::min<std::size_t>(most, 65'536), '\0');
    const auto count = ::recv(descriptor_, buffer.data(), buffer.size(), 0);
    REQUIRE(count > 0);
    buffer.resize(static_cast<std::size_t>(count));
    return buffer;
  }

  const int descriptor_;
};

[[nodiscard]] std::size_t heap() {
  return tests::are_allocations_counted() ? ::mallinfo2().uordblks : 0;
}

struct notes {
  tests::channel<runtime::pid> waits;
  tests::channel<int> done; // how many messages came in order
};

/// Waits in its first message until it is told to go on; then counts.
class waiter final : public websock::handler {
public:
  explicit waiter(notes& told) : told_(told) {}

private:
  websock::handle_result handle_in(websock::message_view in) override {
    if (count_ == 0) {
      told_.waits.put(self().pid());
      static_cast<void>(co_await self().receive(runtime::infinity, [](go_on) {}));
    }
    if (in.text() == body_of(count_))
      ++count_;
    if (count_ == messages)
      told_.done.put(count_);
    co_return websock::ok();
  }
  notes& told_;
  int count_ = 0;
};

class echo final : public websock::handler {
  websock::handle_result handle_in(websock::message_view in) override {
    return websock::push(in);
  }
};

[[nodiscard]] websock::server_options patient() {
  websock::server_options options;
  options.connection.timeout = 1h;
  options.connection.message_timeout = 1h;
  options.connection.send_timeout = 1h;
  options.connection.high_mark = 262'144;
  return options;
}

} // namespace

TEST_CASE("while a callback waits, its client is stopped by the kernel's window, and the "
          "server keeps one read [2]") {
  notes told;
  tests::running_server subject(
      [&](websock::server& server) { server.websocket<waiter>("/", std::ref(told)); },
      patient());
  sender client(subject.port());
  const auto bytes = everything();
  const auto before = heap();
  const auto taken = client.send_until_stuck(bytes);
  const auto after = heap();
  CHECK(taken < most_taken);
  CHECK(client.send_until_stuck(std::string_view(bytes).substr(taken)) == 0);
  CHECK(after - std::min(before, after) <= 262'144);
  const auto who = told.waits.take();
  runtime::send(who, go_on{});
  static_cast<void>(client.exchange(std::string_view(bytes).substr(taken), 0));
  CHECK(told.done.take() == messages);
}

TEST_CASE(
    "a client that sends and never reads is not read above the high mark, and loses "
    "nothing [15]") {
  tests::running_server subject(
      [](websock::server& server) { server.websocket<echo>("/"); }, patient());
  sender client(subject.port());
  const auto bytes = everything();
  const auto before = heap();
  const auto taken = client.send_until_stuck(bytes);
  const auto after = heap();
  const auto now = subject.server.statistics();
  CHECK(taken < most_taken);
  CHECK(now.suspended == 1);
  CHECK(now.unsent_bytes > 262'144);
  CHECK(now.unsent_bytes <= 262'144 + 65'536 + message_size + 8); // and one read
  CHECK(after - std::min(before, after) <= 2 * now.unsent_bytes + 262'144);

  std::string expected;
  for (int number = 0; number < messages; ++number)
    expected += std::string("\x81\x7E\x40\0", 4) + body_of(number);
  const auto got =
      client.exchange(std::string_view(bytes).substr(taken), expected.size());
  CHECK(got.size() == expected.size());
  CHECK((got == expected)); // not printed
}
