// The whole server over real sockets: what it serves, and to how many.
// server_stop.test.cpp covers its shutdown.
#include "websock/serve/server.hpp"

#include "websock/http/asset.hpp"
#include "websock/runtime/process/process.hpp"

#include "tests/catch.hpp"
#include "tests/support/http_answer.hpp"
#include "tests/support/noted_echo.hpp"
#include "tests/support/running_server.hpp"
#include "tests/support/websocket_client.hpp"

#include <array>
#include <chrono>
#include <functional>
#include <stdexcept>
#include <string>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using namespace std::string_literals;
using namespace tests;

namespace {

/// Says how long each message is.
class measurer final : public websock::handler {
  websock::handle_result handle_in(websock::message_view in) override {
    return websock::push(websock::text(std::to_string(in.size())));
  }
};

/// Always has a message in its mailbox.
class restless final : public runtime::behaviour {
  struct again {};
  void on_start() override { runtime::send(self().pid(), again{}); }
  void on_message(runtime::term) override { runtime::send(self().pid(), again{}); }
};

// A binary frame of zeros with a mask of zeros.
[[nodiscard]] std::string header_of_binary(std::uint64_t size) {
  std::string out = "\x82\xFF"s;
  for (int shift = 56; shift >= 0; shift -= 8)
    out += static_cast<char>(size >> static_cast<unsigned>(shift) & 0xFFU);
  return out + std::string(4, '\0');
}

} // namespace

TEST_CASE("files are served at their paths, with their types and the extra headers") {
  static constexpr std::array<websock::http::asset, 2> files{
      {{"/index.html", "text/html; charset=utf-8", "<p>page</p>"},
       {"/a/b.css", "text/css", "body {}"}}};
  const running_server subject([](websock::server& server) {
    server.files(files, {{"X-Extra", "yes"}});
  });
  tcp_client client(subject.port());
  for (const auto* path : {"/", "/index.html", "/index.html?x"}) {
    client.send(get_request(path));
    const auto page = take_answer(client);
    CHECK(page.status == 200);
    CHECK(page.header("Content-Type") == "text/html; charset=utf-8");
    CHECK(page.header("X-Extra") == "yes");
    CHECK(page.body == "<p>page</p>");
  }
  client.send(get_request("/a/b.css"));
  const auto style = take_answer(client);
  CHECK(style.header("Content-Type") == "text/css");
  CHECK(style.body == "body {}");
  const auto tag = style.header("ETag").value_or("");
  client.send(get_request("/a/b.css", "If-None-Match: " + tag + "\r\n"));
  const auto known = take_answer(client);
  CHECK(known.status == 304);
  CHECK(known.header("ETag") == tag);
  CHECK(known.header("X-Extra") == "yes");
  CHECK_FALSE(known.header("Content-Length"));
  client.send(get_request("/a"));
  CHECK(take_answer(client).status == 404);
}

TEST_CASE("an origin that is refused is told once, with what would let it in, and each "
          "request is counted") {
  running_server subject([](websock::server& server) {
    server.websocket<measurer>("/").websocket<measurer>(
        "/open",
        websock::with([](auto& its) { its.origin = websock::http::any_origin(); }));
  });
  const auto status_of = [&](const char* path, const std::string& origin) {
    tcp_client client(subject.port());
    client.send(upgrade_request(path, "Origin: " + origin + "\r\n"));
    return client.take_until("\r\n\r\n").substr(9, 3);
  };
  for (int i = 0; i < 3; ++i)
    CHECK(status_of("/", "https://app.example") == "403");
  CHECK(subject.log.take()
        == "origin https://app.example is refused at test: "
           "websock::http::origins({\"https://app.example\"}) as "
           "upgrade_options::origin would let it in");
  CHECK(status_of("/", "null") == "403");
  CHECK(subject.log.take()
        == "origin null is refused at test: websock::http::origins({\"null\"}) as "
           "upgrade_options::origin would let it in");
  CHECK(status_of("/", "nonsense") == "403");
  CHECK(subject.log.take()
        == "origin nonsense is refused at test: it is none that could be listed");
  CHECK(status_of("/open", "https://app.example") == "101");
  CHECK(subject.log.empty());
  CHECK(subject.server.statistics().origins_refused == 5);
}

TEST_CASE("routes are set before start; a pattern that is malformed or there is named") {
  const auto ok = [](const websock::http::request&) -> websock::route_result {
    return websock::http::ok_text("");
  };
  websock::server subject({.port = 0, .shards = 1});
  CHECK(subject.url() == "http://127.0.0.1:0/");
  CHECK_THROWS_AS(subject.get("no slash", ok), std::invalid_argument);
  subject.get("/a", ok);
  CHECK_THROWS_AS(subject.get("/a", ok), std::invalid_argument);
  CHECK_THROWS_AS(subject.websocket<measurer>(
                      "/b", websock::with([](auto& its) { its.timeout = 0s; })),
                  std::invalid_argument);
  subject.start();
  CHECK_THROWS_AS(subject.get("/late", ok), std::logic_error);
  CHECK_THROWS_WITH(subject.get("/late", ok), "route /late: routes are set before start");
}

TEST_CASE("a route's change of options is for that route") {
  const auto small = websock::with([](auto& its) { its.limits.max_message_size = 200; });
  running_server subject([&](websock::server& server) {
    server.websocket<measurer>("/small", small)
        .websocket<measurer>("/small/moved", websock::options_change(small))
        .websocket<measurer>("/server");
  });
  for (const auto* path : {"/small", "/small/moved"}) {
    websocket_client client(subject.port(), path);
    client.text(std::string(201, 'x'));
    CHECK(client.take_close() == 1009);
  }
  websocket_client other(subject.port(), "/server");
  other.text(std::string(201, 'x'));
  CHECK(other.take_text() == "201");
}

TEST_CASE("one connection too many gets 503; when one has left, the next is admitted") {
  connection_notes notes;
  running_server subject(noting(notes), {.max_connections = 2});
  websocket_client first(subject.port());
  websocket_client second(subject.port());
  notes.started.take();
  notes.started.take();
  CHECK(subject.server.connection_count() == 2);
  tcp_client third(subject.port());
  third.send(upgrade_request("/"));
  const auto refused = take_answer(third);
  CHECK(refused.status == 503);
  CHECK(refused.header("Retry-After") == "5");
  CHECK(third.is_at_end());
  CHECK(subject.server.connection_count() == 2);
  second.close(1000);
  CHECK(second.take_close() == 1000);
  CHECK(notes.exited.take() == "{shutdown, \"remote\"}");
  CHECK(subject.server.connection_count() == 1);
  websocket_client fourth(subject.port());
  fourth.text("x");
  CHECK(fourth.take_text() == "x");
  CHECK(subject.server.connection_count() == 2);
}

TEST_CASE("8,000,000 bytes are a message, one more is too many") {
  const running_server subject(
      [](websock::server& server) { server.websocket<measurer>("/"); });
  websocket_client client(subject.port());
  client.stream().send(header_of_binary(8'000'000) + std::string(8'000'000, '\0'));
  CHECK(client.take_text() == "8000000");
  client.stream().send(header_of_binary(8'000'001) + std::string(1'000, '\0'));
  CHECK(client.take_close() == 1009);
  CHECK(client.stream().is_at_end());
}

TEST_CASE("the close frame of a refused message arrives although the client goes on "
          "sending") {
  const running_server subject(
      [](websock::server& server) { server.websocket<measurer>("/"); });
  websocket_client client(subject.port());
  client.stream().send(header_of_binary(8'000'001) + std::string(8'000'001, '\0'));
  CHECK(client.take_close() == 1009);
  CHECK(client.stream().is_at_end());
}

TEST_CASE("a large message comes back whole to a client that reads late") {
  connection_notes notes;
  running_server subject(noting(notes));
  websocket_client client(subject.port());
  const std::string large(8'000'000, 'x');
  client.text(large);
  client.text("after");
  CHECK((client.take_text() == large));
  CHECK(client.take_text() == "after");
}

TEST_CASE("a client that ends its side has its frames handled and answered") {
  connection_notes notes;
  running_server subject(noting(notes));
  websocket_client client(subject.port());
  notes.started.take();
  client.text("last words");
  client.stream().end_output();
  CHECK(client.take_text() == "last words");
  CHECK(client.stream().is_at_end());
  CHECK(notes.terminated.take() == "{error, error: closed}");
  CHECK(notes.exited.take() == "{shutdown, \"closed\"}");
}

TEST_CASE("a reset ends the connection of its own client only") {
  connection_notes notes;
  running_server subject(noting(notes));
  websocket_client staying(subject.port());
  websocket_client leaving(subject.port());
  notes.started.take();
  notes.started.take();
  leaving.text("x");
  CHECK(leaving.take_text() == "x");
  leaving.stream().reset();
  CHECK(notes.terminated.take() == "{error, error: closed}");
  CHECK(notes.exited.take() == "{shutdown, \"closed\"}");
  staying.text("y");
  CHECK(staying.take_text() == "y");
  CHECK(notes.terminated.empty());
  CHECK(subject.log.empty());
}

TEST_CASE("a process that never rests does not keep the sockets waiting") {
  connection_notes notes;
  const running_server subject([&](websock::server& server) {
    noting(notes)(server);
    for (std::size_t i = 0; i < server.node().shard_count(); ++i)
      server.node().spawn<restless>();
  });
  websocket_client client(subject.port());
  client.text("still here");
  CHECK(client.take_text() == "still here");
}
