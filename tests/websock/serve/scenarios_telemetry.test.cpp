// Recorded scenarios: the events of a connection, as Bandit and Thousand Island have
// them.
#include "websock/runtime/telemetry/event.hpp"
#include "websock/serve/server.hpp"
#include "websock/telemetry/server_events.hpp"

#include "tests/catch.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/echo.hpp"
#include "tests/support/http_answer.hpp"
#include "tests/support/running_server.hpp"
#include "tests/support/websocket_client.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace events = websock::events;

using namespace std::chrono_literals;
using namespace tests;
using runtime::event;

namespace {

const std::vector<runtime::event_name> life{
    events::connection_start, events::request_stop,   events::handshake_refused,
    events::websocket_start,  events::websocket_stop, events::connection_stop};

/// `websocket.stop recv_text_frame_count=1 closed_by=peer`: without times, the octets of
/// sockets, pids and addresses.
[[nodiscard]] std::string line_of(const event& what) {
  static constexpr std::string_view left_out[] = {"duration", "recv_oct", "send_oct",
                                                  "recv_cnt", "send_cnt"};
  std::string line(what.name.text().substr(8));
  for (const auto& each : what.measurements)
    if (std::find(std::begin(left_out), std::end(left_out), each.name)
        == std::end(left_out))
      line += " " + std::string(each.name) + "=" + std::to_string(each.value);
  for (const auto* name : {"method", "path", "by", "closed_by"})
    if (const auto* text = what.find<std::string>(name))
      line += std::string(" ") + name + "=" + *text;
  for (const auto* name : {"status", "code"})
    if (const auto* number = what.find<int>(name))
      line += std::string(" ") + name + "=" + std::to_string(*number);
  if (const auto* why = what.find<runtime::exit_reason>("error"))
    line += " error=" + to_string(*why);
  return line;
}

class raises final : public websock::handler {
  websock::handle_result handle_in(websock::message_view) override {
    throw std::runtime_error("boom");
  }
};

class raises_in_init final : public websock::handler {
  websock::handle_result init() override { throw std::runtime_error("boom"); }
  websock::handle_result handle_in(websock::message_view) override {
    return websock::ok();
  }
};

/// A server whose events can be taken one by one.
struct scene {
  explicit scene(std::vector<runtime::event_name> names = life,
                 websock::server_options options = {})
      : subject(
          [](websock::server& server) {
            echoing(server);
            server.websocket<raises>("/raises");
            server.websocket<raises_in_init>("/raises-in-init");
            server.get("/page", [](const websock::http::request&) {
              return websock::http::ok_text("hello");
            });
            server.get("/private", [](const websock::http::request&) {
              return websock::http::forbidden("no");
            });
          },
          std::move(options)) {
    subject.node.events().attach("test", std::move(names), [this](const event& what) {
      if (what.name == events::connection_stop) {
        received.put(what.measured("recv_oct").value_or(-1));
        sent.put(what.measured("send_oct").value_or(-1));
      }
      lines.put(line_of(what));
    });
  }
  ~scene() { subject.node.events().detach("test"); }
  scene(const scene&) = delete;
  scene& operator=(const scene&) = delete;

  void expect(std::initializer_list<std::string> all) {
    for (const auto& each : all)
      CHECK(lines.take() == each);
  }

  channel<std::string> lines;
  channel<std::int64_t> received;
  channel<std::int64_t> sent;
  running_server subject;
};

[[nodiscard]] std::string ping_frame(std::string_view payload) {
  std::string frame("\x89\x80\0\0\0\0", 6);
  frame[1] = static_cast<char>(0x80U | payload.size());
  return frame.append(payload);
}

} // namespace

TEST_CASE("a connection tells its frames and octets when it has been closed",
          "[telemetry-span]") {
  scene it;
  tcp_client client(it.subject.port());
  const auto sent = upgrade_request("/") + text_frame("abc") + ping_frame("pp")
                    + close_frame(1'000, "bye");
  client.send(sent);
  const auto answer = client.take_rest();
  client.end_output();
  it.expect({"connection.start", "request.stop method=GET path=/ status=101",
             "websocket.start compress=0",
             "websocket.stop recv_text_frame_count=1 recv_text_frame_bytes=3"
             " recv_ping_frame_count=1 recv_ping_frame_bytes=2"
             " recv_connection_close_frame_count=1 recv_connection_close_frame_bytes=3"
             " send_text_frame_count=1 send_text_frame_bytes=3"
             " send_pong_frame_count=1 send_pong_frame_bytes=2"
             " closed_by=peer code=1000",
             "connection.stop"});
  CHECK(it.received.take() == static_cast<std::int64_t>(sent.size()));
  CHECK(it.sent.take() == static_cast<std::int64_t>(answer.size()));
}

TEST_CASE("a connection whose handler raises tells the error", "[telemetry-span-error]") {
  scene it;
  {
    websocket_client client(it.subject.port(), "/raises");
    client.text("abc");
    CHECK(client.take_close() == 1'011);
  }
  it.expect({"connection.start", "request.stop method=GET path=/raises status=101",
             "websocket.start compress=0",
             "websocket.stop recv_text_frame_count=1 recv_text_frame_bytes=3"
             " closed_by=us code=1011 error=error: boom",
             "connection.stop"});
}

TEST_CASE("a connection whose init raises tells its stop as well",
          "[telemetry-span-init-raise]") {
  scene it;
  {
    websocket_client client(it.subject.port(), "/raises-in-init");
    CHECK(client.take_close() == 1'011);
  }
  it.expect(
      {"connection.start", "request.stop method=GET path=/raises-in-init status=101",
       "websocket.start compress=0",
       "websocket.stop closed_by=us code=1011 error=error: boom", "connection.stop"});
}

TEST_CASE("a request that is no handshake tells its status only") {
  scene it({events::request_stop, events::handshake_refused});
  tcp_client client(it.subject.port());
  client.send(get_request("/page") + get_request("/none"));
  it.expect({"request.stop method=GET path=/page status=200",
             "request.stop method=GET path=/none status=404"});
}

TEST_CASE("a refused handshake tells who has refused it") {
  scene it({events::handshake_refused});
  const auto ask = [&](const std::string& path, const std::string& headers) {
    tcp_client client(it.subject.port());
    client.send(upgrade_request(path, headers));
    static_cast<void>(client.take_until("\r\n\r\n"));
  };
  ask("/", "Origin: http://evil.example\r\n");
  it.expect({"handshake.refused path=/ by=origin status=403"});
  ask("/private", "");
  it.expect({"handshake.refused path=/private by=route status=403"});
  ask("/none", "");
  it.expect({"handshake.refused path=/none by=route status=404"});
}

TEST_CASE("a handshake beyond the limit is refused by it") {
  websock::server_options options;
  options.max_connections = 1;
  scene it({events::handshake_refused}, options);
  const websocket_client first(it.subject.port());
  tcp_client client(it.subject.port());
  client.send(upgrade_request("/"));
  it.expect({"handshake.refused path=/ by=limit status=503"});
}

TEST_CASE("a peer that disappears has closed with 1006") {
  scene it({events::websocket_stop});
  { websocket_client client(it.subject.port()); }
  it.expect({"websocket.stop closed_by=peer code=1006"});
}

TEST_CASE("callbacks are told while somebody listens to them") {
  struct heard {
    std::string callback, handler;
    std::int64_t duration;
  };
  channel<heard> ended;
  scene it({events::callback_start, events::callback_stop, events::callback_exception});
  it.subject.node.events().attach("ended",
                                  {events::callback_stop, events::callback_exception},
                                  [&](const event& what) {
                                    ended.put({*what.find<std::string>("callback"),
                                               *what.find<std::string>("handler"),
                                               what.measured("duration").value_or(-1)});
                                  });
  websocket_client client(it.subject.port(), "/raises");
  client.text("abc");
  CHECK(client.take_close() == 1'011);
  it.expect({"callback.start", "callback.stop", "callback.start", "callback.exception"});
  for (const char* callback : {"init", "handle_in"}) {
    const heard one = ended.take();
    CHECK(one.callback == callback);
    CHECK_FALSE(one.handler.empty());
    CHECK(one.duration >= 0);
  }
}

TEST_CASE("a drain tells its start, its progress and its end") {
  channel<std::int64_t> sums;
  scene it({events::drain_start, events::drain_progress, events::drain_stop});
  it.subject.node.events().attach("sum", {events::drain_stop}, [&](const event& what) {
    sums.put(what.measured("closed").value_or(-1));
    sums.put(what.measured("shards_left").value_or(-1));
  });
  websocket_client client(it.subject.port());
  client.text("abc");
  CHECK(client.take_text() == "abc");
  std::jthread stopping([&] { it.subject.server.stop(); });
  CHECK(client.take_close() == 1'001);
  client.close(1'001);
  client.stream().end_output(); // else the server waits for it, for close_timeout
  CHECK(sums.take() == 1);
  CHECK(sums.take() == 0);
  std::vector<std::string> told{it.lines.take(), it.lines.take(), it.lines.take()};
  std::sort(told.begin(), told.end());
  // Either shard may be the first.
  CHECK(told[0].starts_with("drain.progress closed="));
  CHECK(told[0].ends_with(" killed=0 shards_left=1"));
  CHECK(told[1] == "drain.start");
  CHECK(told[2] == "drain.stop closed=1 killed=0 shards_left=0");
}

TEST_CASE("a failed TLS handshake tells why") {
  const temporary_folder folder;
  certificate_authority authority(folder);
  const auto files = authority.issue("server", {"DNS:localhost"});
  websock::server_options options;
  options.tls =
      websock::tls_options{.certificate_file = files.certificate, .key_file = files.key};
  channel<std::string> facts;
  scene it({events::tls_failed}, options);
  it.subject.node.events().attach("facts", {events::tls_failed}, [&](const event& what) {
    facts.put(*what.find<std::string>("phase"));
    facts.put(*what.find<std::string>("reason"));
  });
  tcp_client client(it.subject.port());
  client.send("GET / HTTP/1.1\r\n\r\n");
  CHECK(facts.take() == "handshake");
  CHECK_FALSE(facts.take().empty());
  it.expect({"tls.failed"});
}
