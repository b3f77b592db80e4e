// TLS beneath the same connection code: handshakes, large and tiny records, ends,
// attacks.
#include "websock/tls/tls_transport.hpp"

#include "websock/runtime/process/process.hpp"

#include "tests/catch.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/http_answer.hpp"
#include "tests/support/noted_echo.hpp"
#include "tests/support/running_server.hpp"
#include "tests/support/tls_client.hpp"
#include "tests/support/websocket_client.hpp"

#include <openssl/ssl.h>

#include <chrono>
#include <functional>
#include <string>
#include <thread>

using namespace std::chrono_literals;
using tests::certificate_authority;
using tests::connection_notes;
using tests::get_request;
using tests::noted_echo;
using tests::running_server;
using tests::tcp_client;
using tests::temporary_folder;
using tests::text_frame;
using tests::tls_client;
using tests::upgrade_request;
using websock::http::request;

namespace {

/// An echo and a page that says who asks, behind TLS.
struct secure_server {
  explicit secure_server(const std::function<void(websock::server_options&)>& change =
                             [](auto&) {})
      : server(routes(), options(change)) {}

  [[nodiscard]] tls_client connect(int version = 0) const {
    return tls_client(server.port(), {.ca_file = authority.file(), .version = version});
  }
  [[nodiscard]] tls_client upgrade(int version = 0) const {
    auto client = connect(version);
    client.send(upgrade_request("/"));
    CHECK(client.take_until("\r\n\r\n").starts_with("HTTP/1.1 101 "));
    return client;
  }

  temporary_folder folder;
  certificate_authority authority{folder};
  tests::certificate_files files = authority.issue("server", {"IP:127.0.0.1"});
  connection_notes notes;
  running_server server;

private:
  std::function<void(websock::server&)> routes() {
    return [this](websock::server& to) {
      const auto limited = websock::with([](auto& its) { its.high_mark = 262'144; });
      to.websocket<noted_echo>("/", limited, std::ref(notes));
      to.get("/who", [](const request& from) -> websock::route_result {
        return websock::http::ok_text(from.peer() + (from.is_secure() ? " yes" : " no"));
      });
    };
  }
  websock::server_options
  options(const std::function<void(websock::server_options&)>& change) const {
    websock::server_options made;
    made.tls = {files.certificate, files.key};
    change(made);
    return made;
  }
};

[[nodiscard]] std::string echo_of(std::string_view text) { // of a server: no mask
  std::string frame = "\x81";
  if (text.size() < 126) {
    frame += static_cast<char>(text.size());
  } else if (text.size() < 65'536) {
    frame += '\x7E';
    frame += static_cast<char>(text.size() >> 8U);
    frame += static_cast<char>(text.size());
  } else {
    frame += '\x7F';
    for (int shift = 56; shift >= 0; shift -= 8)
      frame += static_cast<char>(text.size() >> shift);
  }
  return frame.append(text);
}

} // namespace

TEST_CASE("messages come back over TLS 1.2 and 1.3") {
  const secure_server subject;
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    auto client = subject.upgrade(version);
    CHECK(client.version() == version);
    client.send(text_frame("hello"));
    CHECK(client.take(7) == echo_of("hello"));
  }
}

TEST_CASE("routes see who asks, and that it is secure") {
  const secure_server subject;
  auto client = subject.connect();
  client.send(get_request("/who", "Connection: close\r\n"));
  const auto answer = client.take_rest();
  CHECK_THAT(answer, Catch::Matchers::StartsWith("HTTP/1.1 200 OK"));
  CHECK_THAT(answer, Catch::Matchers::Contains("\r\n\r\n127.0.0.1:"));
  CHECK_THAT(answer, Catch::Matchers::EndsWith(" yes"));
  CHECK(client.is_closed_cleanly());
  CHECK(subject.server.server.url().starts_with("https://127.0.0.1:"));
}

TEST_CASE("messages of some megabytes pass both ways, with a reader that is slow") {
  const secure_server subject;
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    auto client = subject.upgrade(version);
    const std::string big(3'000'000, 'x');
    client.send(text_frame(big)); // nothing is taken before all is sent
    client.send(text_frame("after"));
    CHECK((client.take(big.size() + 10) == echo_of(big)));
    CHECK(client.take(7) == echo_of("after"));
  }
}

TEST_CASE("records of one byte make a message") {
  const secure_server subject;
  auto client = subject.upgrade();
  const std::string text(300, 'z');
  for (const char each : text_frame(text))
    client.send(std::string_view(&each, 1));
  CHECK((client.take(text.size() + 4) == echo_of(text)));
}

TEST_CASE("a request in records of one byte is answered") {
  const secure_server subject;
  auto client = subject.connect();
  for (const char each : upgrade_request("/"))
    client.send(std::string_view(&each, 1));
  CHECK(client.take_until("\r\n\r\n").starts_with("HTTP/1.1 101 "));
}

TEST_CASE("a frame behind the request in one record is handled") {
  const secure_server subject;
  auto client = subject.connect();
  client.send(upgrade_request("/") + text_frame("early"));
  static_cast<void>(client.take_until("\r\n\r\n"));
  CHECK(client.take(7) == echo_of("early"));
}

TEST_CASE("a record that reaches the server byte by byte is a record") {
  const secure_server subject;
  auto client = subject.upgrade();
  BIO* out = SSL_get_wbio(client.ssl());
  const auto frame = text_frame("slow");
  SSL_write(client.ssl(), frame.data(), static_cast<int>(frame.size()));
  char* data = nullptr;
  const auto size = BIO_get_mem_data(out, &data);
  for (long i = 0; i < size; ++i)
    client.stream().send(std::string_view(data + i, 1));
  BIO_reset(out);
  CHECK(client.take(6) == echo_of("slow"));
}

TEST_CASE("after the close handshake the server says close_notify") {
  secure_server subject;
  auto client = subject.upgrade();
  client.send(tests::close_frame(1000));
  CHECK(client.take_rest() == std::string("\x88\x02\x03\xE8", 4));
  CHECK(client.is_closed_cleanly());
  CHECK(subject.notes.terminated.take() == "{remote, 1000}");
}

TEST_CASE(
    "a server that ends by itself says close_notify when its peer had time to close") {
  const secure_server subject;
  auto client = subject.upgrade();
  const auto before = std::chrono::steady_clock::now();
  client.send(text_frame("\xFF"));
  CHECK(client.take(4) == std::string("\x88\x02\x03\xEF", 4));
  CHECK(client.take_rest().empty());
  CHECK(client.is_closed_cleanly());
  CHECK(std::chrono::steady_clock::now() - before >= 1s);
}

TEST_CASE("the peer's close_notify is the end of the stream, and is answered") {
  secure_server subject;
  auto client = subject.upgrade();
  client.close_notify();
  CHECK(subject.notes.terminated.take() == "{error, error: closed}");
  CHECK(client.take_rest().empty());
  CHECK(client.is_closed_cleanly());
}

TEST_CASE("an end of TCP without close_notify is the end of the stream") {
  secure_server subject;
  auto client = subject.upgrade();
  client.stream().end_output();
  CHECK(subject.notes.terminated.take() == "{error, error: closed}");
}

TEST_CASE("what is no ClientHello ends its own connection only") {
  secure_server subject;
  auto bystander = subject.upgrade();
  for (const std::string& garbage :
       {std::string("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), std::string(1'000, '\0'),
        std::string(40'000, '\xFF'), std::string("\x16\x03\x01\x00\x05hello", 10),
        std::string("\x15\x03\x01\x00\x02\x02\x28", 7)}) {
    tcp_client enemy(subject.server.port());
    enemy.send(garbage);
    enemy.end_output();
    static_cast<void>(enemy.take_rest());
  }
  bystander.send(text_frame("still here"));
  CHECK(bystander.take(12) == echo_of("still here"));
  CHECK(subject.server.log.empty());
}

TEST_CASE("garbage behind the handshake ends the connection") {
  secure_server subject;
  auto client = subject.upgrade();
  client.stream().send(std::string_view("\x17\x03\x03\x00\x20", 5));
  client.stream().send(std::string(32, 'g'));
  CHECK(subject.notes.terminated.take() == "{error, error: closed}");
  CHECK(subject.server.log.empty());
}

TEST_CASE("a handshake that dribbles or says nothing meets the deadline") {
  const secure_server subject([](auto& options) { options.handshake_timeout = 100ms; });
  tcp_client silent(subject.server.port());
  tcp_client begun(subject.server.port());
  begun.send(std::string("\x16\x03\x01\x02\x00\x01", 6));
  CHECK(silent.is_at_end());
  CHECK(begun.take_rest().empty());
}

TEST_CASE("a finished handshake without a request meets the deadline too") {
  const secure_server subject([](auto& options) { options.handshake_timeout = 300ms; });
  auto client = subject.connect();
  CHECK(client.take_rest().empty());
  CHECK(client.is_closed_cleanly());
}

TEST_CASE("a client that negotiates anew is refused, and the server goes on") {
  const secure_server subject;
  auto client = subject.upgrade(TLS1_2_VERSION);
  client.ask_to_renegotiate();
  // RFC 5746 and OpenSSL: no_renegotiation, which this client takes for fatal.
  CHECK_THROWS_WITH(client.take(1), Catch::Matchers::Contains("no renegotiation"));
  auto other = subject.upgrade(TLS1_2_VERSION);
  other.send(text_frame("hello"));
  CHECK(other.take(7) == echo_of("hello"));
}

TEST_CASE("a server that stops closes its TLS connections with 1001") {
  secure_server subject;
  auto client = subject.upgrade();
  std::jthread stopping([&] { subject.server.server.stop(); });
  CHECK(client.take(4) == std::string("\x88\x02\x03\xE9", 4));
  client.send(tests::close_frame(1001));
  CHECK(client.take_rest().empty());
  client.stream().end_output();
  stopping.join();
  CHECK(client.is_closed_cleanly());
}
