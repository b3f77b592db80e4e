// Both ends of TLS in memory, where the test decides about every byte: windows of one
// byte, readers that stop, ends that cannot close, clients that verify.
#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/testing/stepped_node.hpp"
#include "websock/testing/memory/memory_transport.hpp"
#include "websock/tls/tls_transport.hpp"

#include "tests/catch.hpp"
#include "tests/support/certificates.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace runtime = websock::runtime;

using runtime::interest;
using tests::certificate_authority;
using tests::temporary_folder;
using websock::io_result;
using websock::tls_client_options;
using websock::tls_context;
using websock::tls_options;
using websock::tls_session;
using websock::tls_transport;
using websock::tls_verification;
using websock::testing::memory_pipe;
using websock::testing::memory_transport;

namespace {

/// A user of a tls_transport: writes `unsent`, gathers what comes.
class tls_end final : public runtime::io_target {
public:
  tls_end(runtime::shard& on, tls_session session)
      : pipe_(std::make_shared<memory_pipe>(on)),
        socket_(std::in_place, on, std::make_unique<memory_transport>(pipe_),
                std::move(session)) {}

  void send(std::string_view bytes) {
    unsent_ += bytes;
    watch();
  }
  void watch() {
    socket_->watch(*this, unsent_.empty() ? interest::read : interest::read_write);
  }
  void watch_nothing() { socket_->watch(*this, interest::nothing); }

  [[nodiscard]] tls_transport& socket() { return *socket_; }
  [[nodiscard]] memory_pipe& pipe() { return *pipe_; }
  void destroy() { socket_.reset(); }

  std::string received;
  std::size_t read_size = 65'536;
  bool is_closed = false;
  int reads = 0;
  std::size_t arrived = 0; // before the last of them

private:
  void on_ready(runtime::readiness what) override {
    if (what.writable && !unsent_.empty()) {
      const auto written = socket_->write(unsent_);
      unsent_.erase(0, written.count);
      is_closed = is_closed || written.what == io_result::status::closed;
    }
    if (what.readable && !is_closed) {
      ++reads;
      arrived = socket_->arrived();
      std::string buffer(read_size, '\0');
      const auto result = socket_->read(std::as_writable_bytes(std::span(buffer)));
      received.append(buffer, 0, result.count);
      is_closed = is_closed || result.what == io_result::status::closed;
    }
    if (is_closed)
      static_cast<void>(socket_->unwatch(*this));
    else if (unsent_.empty() && what.writable)
      watch();
  }

  std::shared_ptr<memory_pipe> pipe_;
  std::optional<tls_transport> socket_;
  std::string unsent_;
};

struct pair_of_ends {
  explicit pair_of_ends(const tls_client_options& of_client = {},
                        const std::string& host = "server.test",
                        const tls_options& of_server = {})
      : server_context(with_certificate(of_server)),
        client_context(with_authority(of_client)),
        server(node.node().shard_at(0), server_context.new_session()),
        client(node.node().shard_at(1), client_context.new_session(host)) {
    server.watch();
    client.watch();
  }

  /// Moves up to `count` bytes each way. False when there was nothing to move.
  bool move(std::size_t count) {
    const bool up = move(client.pipe(), server.pipe(), count);
    const bool down = move(server.pipe(), client.pipe(), count);
    node.run_until_idle();
    return up || down;
  }
  void move_all(std::size_t count = 1'000'000'000) {
    node.run_until_idle();
    while (move(count)) {
    }
  }
  /// The handshake, which begins when the client has something to say.
  void greet() {
    client.send("hello");
    move_all();
    CHECK(std::exchange(server.received, {}) == "hello");
  }
  /// The kernel takes `count` bytes from each end, and no more until they have moved.
  void narrow(std::size_t count) {
    for (auto* each : {&server, &client})
      each->pipe().window = window = count;
  }

  runtime::testing::stepped_node node{1};
  temporary_folder folder;
  certificate_authority authority{folder};
  tests::certificate_files files =
      authority.issue("server", {"DNS:server.test", "IP:127.0.0.1", "IP:::1"});
  std::size_t window = 0; // 0: without limit
  tls_context server_context;
  tls_context client_context;
  tls_end server;
  tls_end client;

private:
  bool move(memory_pipe& from, memory_pipe& to, std::size_t count) {
    count = std::min(count, from.to_client.size());
    const bool ends = from.to_client.size() == count
                      && (from.server_ended || from.server_closed) && !to.client_ended;
    to.to_server.append(from.to_client, 0, count);
    from.to_client.erase(0, count);
    to.client_ended = to.client_ended || ends;
    if (count > 0 || ends)
      to.notify();
    if (count > 0 && window > 0) {
      from.window += count;
      from.notify();
    }
    return count > 0 || ends;
  }
  [[nodiscard]] tls_options with_certificate(tls_options options) const {
    options.certificate_file = files.certificate;
    options.key_file = files.key;
    return options;
  }
  [[nodiscard]] tls_client_options with_authority(tls_client_options options) const {
    if (options.ca_file == "ours")
      options.ca_file = authority.file();
    return options;
  }
};

const tls_client_options trusting{.ca_file = "ours"};

} // namespace

TEST_CASE("both ends talk at once through windows of any size") {
  const std::string up(20'000, 'u');
  const std::string down(50'000, 'd');
  for (const std::size_t window : {1UL, 7UL, 1'000UL, 16'384UL, 1'000'000UL}) {
    pair_of_ends ends(trusting);
    ends.narrow(window);
    ends.client.send(up);
    ends.server.send(down);
    ends.move_all(window);
    CAPTURE(window);
    CHECK((ends.server.received == up));
    CHECK((ends.client.received == down));
    CHECK_FALSE(ends.server.is_closed);
    CHECK_FALSE(ends.client.is_closed);
  }
}

TEST_CASE("what was decrypted but not taken is reported until it is taken") {
  pair_of_ends ends(trusting);
  ends.greet();
  std::string expected;
  for (int i = 0; i < 100; ++i) { // a record each
    const std::string piece(100, static_cast<char>('a' + i % 26));
    CHECK(ends.client.socket().write(piece).count == piece.size());
    expected += piece;
  }
  ends.server.read_size = 33;
  ends.move_all();
  CHECK((ends.server.received == expected));
  CHECK(ends.server.reads > 300);
}

TEST_CASE("who wants nothing is told nothing, and all of it afterwards") {
  pair_of_ends ends(trusting);
  ends.greet();
  ends.server.read_size = 10;
  CHECK(ends.client.socket().write(std::string(15, 'x')).count == 15);
  ends.client.socket().end_of_output();
  // One read, and no other: the transport keeps the rest.
  ends.move_all();
  CHECK(ends.server.received.size() == 15);

  pair_of_ends paused(trusting);
  paused.greet();
  CHECK(paused.client.socket().write(std::string(15, 'x')).count == 15);
  paused.server.watch_nothing();
  paused.move_all();
  CHECK(paused.server.received.empty());
  std::array<std::byte, 10> some{};
  paused.server.watch();
  paused.server.watch_nothing();
  CHECK(paused.server.socket().read(some).count == 10);
  paused.move_all();
  CHECK(paused.server.received.empty());
  paused.server.watch();
  paused.move_all();
  CHECK(paused.server.received == "xxxxx");
}

TEST_CASE("of what is on the wire only so much is read as is asked for [20]") {
  pair_of_ends ends(trusting);
  ends.greet();
  ends.server.watch_nothing();
  auto& server = ends.server.socket();
  CHECK(ends.client.socket().write("first").count == 5);
  ends.move_all();
  const auto record = server.arrived();
  CHECK(ends.client.socket().write("second").count == 6);
  ends.move_all();
  std::array<std::byte, 100> some{};
  SECTION("a record") {
    const auto [result, left] = server.read_first(record, some);
    CHECK(result.count == 5);
    CHECK(left == 0);
  }
  SECTION("a record in two parts is there with the second one") {
    const auto [result, left] = server.read_first(record - 1, some);
    CHECK(result.what == io_result::status::would_block);
    CHECK(left == 0);
    CHECK(server.read_first(1, some).result.count == 5);
  }
  SECTION("what was decrypted and finds no room is still to be read") {
    const auto [result, left] = server.read_first(record, std::span(some).first(2));
    CHECK(result.count == 2);
    CHECK(left == 3);
    const auto [rest, nothing] = server.read_first(left, some);
    CHECK(rest.count == 3);
    CHECK(nothing == 0);
  }
  CHECK(server.read(some).count == 6);
}

TEST_CASE("what comes behind a report of decrypted octets does not count in it [20]") {
  pair_of_ends ends(trusting);
  ends.greet();
  const auto record_of = [&](std::string_view text) {
    CHECK(ends.client.socket().write(text).count == text.size());
    return std::exchange(ends.client.pipe().to_client, {});
  };
  const auto step_to_read = [&](int number) {
    for (int i = 0; i < 100 && ends.server.reads < number; ++i)
      static_cast<void>(ends.node.step());
    REQUIRE(ends.server.reads == number);
  };
  ends.server.reads = 0;
  ends.server.read_size = 10;
  ends.server.pipe().to_server = record_of(std::string(15, 'x'));
  ends.server.pipe().notify();
  step_to_read(1); // posts
  ends.server.pipe().to_server = record_of("late");
  step_to_read(2);
  CHECK(ends.server.arrived == 5);
  CHECK(ends.server.received == std::string(15, 'x'));
  ends.server.pipe().notify();
  ends.node.run_until_idle();
  CHECK(ends.server.received == std::string(15, 'x') + "late");
}

TEST_CASE("a transport may go while a report is on its way") {
  pair_of_ends ends(trusting);
  ends.greet();
  CHECK(ends.client.socket().write(std::string(15, 'x')).count == 15);
  ends.server.watch_nothing();
  ends.move_all();
  std::array<std::byte, 10> some{};
  CHECK(ends.server.socket().read(some).count == 10);
  ends.server.watch(); // posts
  CHECK(ends.server.socket().unwatch(ends.server).empty());
  ends.server.destroy();
  ends.move_all();
  CHECK(ends.server.received.empty());
  CHECK(ends.client.is_closed);
}

TEST_CASE(
    "a close_notify that finds no room leaves when there is some, and then the end") {
  pair_of_ends ends(trusting);
  ends.greet();
  ends.narrow(5); // bytes of the alert
  ends.server.socket().end_of_output();
  CHECK_FALSE(ends.server.pipe().server_ended);
  ends.move_all(1);
  CHECK(ends.server.pipe().server_ended);
  CHECK(ends.client.is_closed);
  CHECK(ends.client.socket().failure().empty());
}

TEST_CASE("each direction ends for itself: after a close_notify the other still flows") {
  pair_of_ends ends(trusting);
  ends.greet();
  ends.server.socket().end_of_output();
  ends.node.run_until_idle();
  ends.client.send("last words");
  ends.node.run_until_idle();
  ends.move_all();
  CHECK(ends.server.received == "last words");
}

TEST_CASE("the end of the stream within the handshake is told as such") {
  pair_of_ends ends(trusting);
  ends.node.run_until_idle();
  ends.client.pipe().client_ended = true;
  ends.client.pipe().notify();
  ends.node.run_until_idle();
  CHECK(ends.client.is_closed);
  CHECK(ends.client.socket().failure() == "the peer ended the connection");
}

TEST_CASE("a client connects to whom the certificate is for, and to nobody else") {
  const auto failure = [](const tls_client_options& options, const std::string& host) {
    pair_of_ends ends(options, host);
    ends.client.send("secret");
    ends.move_all();
    CHECK(ends.client.is_closed == ends.server.received.empty());
    return ends.client.socket().failure();
  };
  for (const auto* right : {"server.test", "SERVER.test.", "127.0.0.1", "::1"})
    CHECK(failure(trusting, right).empty());
  CHECK(failure(trusting, "other.test")
        == "certificate verify failed: hostname mismatch");
  CHECK(failure(trusting, "127.0.0.2")
        == "certificate verify failed: IP address mismatch");
  CHECK_THAT(failure({}, "server.test"),
             Catch::Matchers::StartsWith("certificate verify failed: "));
  CHECK(failure({.verification = tls_verification::none}, "other.test").empty());
}

TEST_CASE("a client's files that cannot be used are named") {
  CHECK_THROWS_WITH(tls_context(tls_client_options{.ca_file = "/nowhere"}),
                    "tls.ca_file is \"/nowhere\": No such file or directory");
  CHECK_THROWS_WITH(tls_context(tls_client_options{.certificate_file = "/nowhere"}),
                    "tls.certificate_file is \"/nowhere\": No such file or directory");
}
