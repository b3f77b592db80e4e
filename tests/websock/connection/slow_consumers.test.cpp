// Real clients that do not read, one per policy: promised messages arrive, dropped ones
// are counted, and other clients do not notice.
#include "websock/handler/handler.hpp"
#include "websock/runtime/registry/process_info.hpp"
#include "websock/runtime/registry/pubsub.hpp"
#include "websock/runtime/server/thread_process.hpp"
#include "websock/serve/server.hpp"

#include "tests/catch.hpp"
#include "tests/support/channel.hpp"
#include "tests/support/narrow_socket.hpp"
#include "tests/support/running_server.hpp"
#include "tests/support/websocket_client.hpp"

#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using runtime::when_full;
using runtime::pubsub::broadcast_result;
using tests::websocket_client;

namespace {

constexpr int mailbox_size = 20;
constexpr int keys = 5;
constexpr std::size_t chunk_size = 16'384;
/// Far above the low one, so that a process that is suspended stays so until its client
/// reads, whatever the kernel may still take.
constexpr std::size_t high_mark = 1'048'576;

struct chunk {
  int number;
  friend int mailbox_key(const chunk& c) { return c.number % keys; }
};

/// As long for each number, and different in every part.
[[nodiscard]] std::string body_of(int number) {
  const auto piece = std::to_string(number) + '.';
  std::string text;
  while (text.size() < chunk_size)
    text += piece;
  text.resize(chunk_size);
  return text;
}

class feed final : public websock::handler {
public:
  explicit feed(tests::channel<runtime::pid>& started) : started_(started) {}

private:
  websock::handle_result init() override {
    runtime::pubsub::subscribe(self(), "feed");
    started_.put(self().pid());
    return websock::push(websock::text("welcome"));
  }
  websock::handle_result handle_in(websock::message_view in) override {
    return websock::push(in);
  }
  websock::handle_result handle_info(runtime::term info) override {
    return websock::push(websock::text(body_of(info.get<chunk>().number)));
  }
  tests::channel<runtime::pid>& started_;
};

[[nodiscard]] bool eventually(const std::function<bool()>& is_so) {
  const auto deadline = std::chrono::steady_clock::now() + tests::patience;
  while (!is_so() && std::chrono::steady_clock::now() < deadline)
    std::this_thread::sleep_for(1ms);
  return is_so();
}

[[nodiscard]] websock::server_options
with(runtime::mailbox_limit limit, std::chrono::milliseconds send_timeout = 1min) {
  websock::server_options options;
  options.connection.timeout = 1h;
  options.connection.send_timeout = send_timeout;
  options.connection.high_mark = high_mark;
  options.connection.low_mark = 1'024;
  options.connection.mailbox = limit;
  return options;
}

/// A client that reads only when the test says so, and one that reads at once.
struct scene {
  explicit scene(runtime::mailbox_limit limit,
                 std::chrono::milliseconds send_timeout = 1min)
      : subject(
          [this](websock::server& server) {
            server.websocket<feed>("/", std::ref(started));
          },
          with(limit, send_timeout)) {
    CHECK(paused.take_text() == "welcome");
    CHECK(reading.take_text() == "welcome");
  }

  broadcast_result publish(int number) {
    static_cast<void>(me.in_process([&](runtime::process& self) {
      return runtime::pubsub::broadcast_counted(self, "feed", chunk{number});
    }));
    const auto result =
        me.receive(tests::patience, [](const broadcast_result& each) { return each; });
    REQUIRE(result);
    REQUIRE((reading.take_text() == body_of(number))); // the other one is not disturbed
    shed += result->shed;
    last = number;
    return *result;
  }
  /// Publishes from 1 on until something is shed: the number for which it was.
  int publish_until_full() {
    int number = 1;
    while (publish(number).shed == 0) {
      REQUIRE(number < 10'000);
      ++number;
    }
    return number;
  }
  /// Publishes from 1 on until that many wait for the paused client.
  void publish_until_waiting(std::size_t count) {
    do
      publish(last + 1);
    while (runtime::info(me, slow)->message_queue_len < count);
  }
  void publish_until(int number) {
    while (last < number)
      publish(last + 1);
  }
  void check_suspended() {
    const auto now = subject.server.statistics();
    CHECK(now.connections == 2);
    CHECK(now.suspended == 1);
    CHECK(now.unsent_bytes > high_mark / 2); // the kernel may have taken more since
    CHECK(now.unsent_bytes <= high_mark + chunk_size + 4);
    check_counters();
  }
  void check_counters() {
    CHECK(subject.server.statistics().messages_dropped == shed);
    const auto found = runtime::info(me, slow);
    REQUIRE(found);
    CHECK(found->messages_dropped == shed);
  }
  /// The paused client reads: exactly these numbers, byte by byte and in order.
  void check_arrives(int first, int end) {
    for (int number = first; number < end; ++number)
      REQUIRE((paused.take_text() == body_of(number)));
  }
  void check_recovered() {
    CHECK(eventually([&] {
      const auto now = subject.server.statistics();
      return now.suspended == 0 && now.unsent_bytes == 0;
    }));
    CHECK(publish(last + 1).reached == 2);
    CHECK((paused.take_text() == body_of(last)));
    check_counters();
  }

  tests::channel<runtime::pid> started;
  tests::running_server subject;
  runtime::thread_process me{subject.node};
  websocket_client paused{tests::tcp_client(tests::connect_narrow(subject.port()))};
  runtime::pid slow = started.take();
  websocket_client reading{subject.port()};
  std::uint64_t shed = 0;
  int last = 0;
};

} // namespace

TEST_CASE("without a limit all that was sent arrives when a paused client reads again "
          "[15]") {
  scene on({});
  on.publish_until_waiting(100);
  on.check_suspended();
  on.check_arrives(1, on.last + 1);
  on.check_recovered();
}

TEST_CASE("drop_newest: a paused client gets what came before the mailbox was full "
          "[19]") {
  scene on({mailbox_size, 0, when_full::drop_newest});
  const int full = on.publish_until_full();
  on.publish_until(full + 30);
  CHECK(on.shed == 31);
  on.check_suspended();
  on.check_arrives(1, full);
  on.check_recovered();
}

TEST_CASE("drop_oldest: a paused client gets what came last [19]") {
  scene on({mailbox_size, 0, when_full::drop_oldest});
  const int full = on.publish_until_full();
  on.publish_until(full + 30);
  CHECK(on.shed == 31);
  on.check_suspended();
  on.check_arrives(1, full - mailbox_size);
  on.check_arrives(on.last - mailbox_size + 1, on.last + 1);
  on.check_recovered();
}

TEST_CASE("keep_latest: a paused client gets the latest of each key [19]") {
  scene on({mailbox_size, 0, when_full::keep_latest});
  const int full = on.publish_until_full();
  on.publish_until(full + 32);
  CHECK(on.shed == 33);
  on.check_suspended();
  on.check_arrives(1, full - keys);
  for (int place = full - keys; place < full; ++place) {
    int latest = place;
    while (latest + keys <= on.last)
      latest += keys;
    REQUIRE((on.paused.take_text() == body_of(latest)));
  }
  on.check_recovered();
}

TEST_CASE("a limit in bytes sheds as one in messages does [19]") {
  scene on({0, 20 * 128, when_full::drop_newest});
  const int full = on.publish_until_full();
  const auto waiting = runtime::info(on.me, on.slow);
  CHECK(waiting->message_queue_bytes <= 20 * 128);
  CHECK(waiting->message_queue_bytes > 19 * 128 - 128);
  on.publish_until(full + 10);
  on.check_suspended();
  on.check_arrives(1, full);
  on.check_recovered();
}

TEST_CASE("close: a paused client gets what was handled, and 1013 [19]") {
  scene on({mailbox_size, 0, when_full::close});
  const int full = on.publish_until_full();
  CHECK(on.shed == mailbox_size + 1);
  on.check_suspended();
  on.check_arrives(1, full - mailbox_size);
  CHECK(on.paused.take_close() == 1013);
  on.paused.close(1013);
  CHECK(on.paused.stream().is_at_end());
  CHECK(eventually([&] { return on.subject.server.connection_count() == 1; }));
  CHECK(on.publish(full + 1).reached == 1);
}

TEST_CASE("exit_killed: a paused client gets what was handled, and 1011 [19]") {
  scene on({mailbox_size, 0, when_full::exit_killed});
  const int full = on.publish_until_full();
  CHECK(on.shed == 1);
  CHECK(on.subject.log.take().find("its mailbox is full") != std::string::npos);
  CHECK(on.publish(full + 1).reached == 1);
  on.check_arrives(1, full - mailbox_size);
  CHECK(on.paused.take_close() == 1011);
  CHECK(on.subject.server.statistics().suspended == 0);
}

TEST_CASE("whatever is shed, a drain's order to close arrives [14][19]") {
  const auto policy =
      GENERATE(when_full::drop_newest, when_full::drop_oldest, when_full::keep_latest,
               when_full::exit_killed, when_full::close);
  const bool ends = policy == when_full::exit_killed || policy == when_full::close;
  scene on({mailbox_size, 0, policy});
  on.publish_until_waiting(mailbox_size);
  std::jthread drain(
      [&] { static_cast<void>(on.subject.server.drain({.deadline = tests::patience})); });
  CHECK(on.reading.take_close() == 1001);
  on.reading.close(1001);
  CHECK(on.reading.stream().is_at_end());
  on.reading.stream().end_output();
  CHECK(eventually(
      [&] { return runtime::info(on.me, on.slow)->message_queue_len > mailbox_size; }));
  if (!ends) { // one more, which has no room
    runtime::send(on.slow, chunk{on.last + 1});
    CHECK(eventually([&] { return on.subject.node.messages_dropped() > 0; }));
  }
  int heard = 0;
  auto next = on.paused.take();
  for (; next.code == websock::protocol::opcode::text; next = on.paused.take())
    ++heard;
  CHECK(next.code == websock::protocol::opcode::close);
  CHECK(next.payload.substr(0, 2) == "\x03\xE9");
  CHECK(heard >= on.last - 2);
  on.paused.close(1001);
  CHECK(on.paused.stream().is_at_end());
  on.paused.stream().end_output();
  drain.join();
}

TEST_CASE("a paused client that never reads again is given up after send_timeout "
          "[15]") {
  scene on({mailbox_size, 0, when_full::drop_newest}, 1s);
  while (on.subject.server.connection_count() == 2 && on.shed == 0)
    on.publish(on.last + 1);
  CHECK(eventually([&] { return on.subject.server.connection_count() == 1; }));
  const auto now = on.subject.server.statistics();
  CHECK(now.suspended == 0);
  CHECK(now.unsent_bytes == 0);
  CHECK(on.publish(on.last + 1).reached == 1);
}
