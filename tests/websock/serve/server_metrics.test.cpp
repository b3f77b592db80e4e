// The route that shows metrics, and what a server adds to them.
#include "websock/serve/server_metrics.hpp"

#include "websock/runtime/metrics/metrics.hpp"
#include "websock/runtime/process/process.hpp"

#include "tests/catch.hpp"
#include "tests/support/channel.hpp"
#include "tests/support/http_answer.hpp"
#include "tests/support/running_server.hpp"
#include "tests/support/websocket_client.hpp"

#include <atomic>
#include <chrono>
#include <string>
#include <thread>

using tests::get_request;
using tests::http_answer;
using tests::running_server;
using tests::take_answer;
using tests::tcp_client;
using tests::websocket_client;
using websock::runtime::metrics_text;

namespace {

class echo final : public websock::handler {
  websock::handle_result handle_in(websock::message_view in) override {
    return websock::push(in);
  }
};

/// Answers with one message for all.
class announcer final : public websock::handler {
  websock::handle_result handle_in(websock::message_view) override {
    static const auto news = websock::share(websock::text("shared"));
    return websock::push(news);
  }
};

[[nodiscard]] bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

void with_metrics(websock::server& server) {
  server.websocket<echo>("/chat/:room").metrics("/metrics");
}

[[nodiscard]] http_answer ask(const running_server& of, std::string_view headers = {}) {
  tcp_client client(of.port());
  client.send(get_request("/metrics", headers));
  return take_answer(client);
}

} // namespace

TEST_CASE("after known traffic the metrics have its exact numbers") {
  running_server of(with_metrics);
  websocket_client first(of.port(), "/chat/1");
  websocket_client second(of.port(), "/chat/2");
  const std::string long_text(300, 'c');
  for (const auto& text : {std::string("a"), std::string("bb"), long_text}) {
    first.text(text);
    CHECK(first.take_text() == text);
  }
  second.text("dddd");
  CHECK(second.take_text() == "dddd");
  second.close(4'100);
  CHECK(second.take_close() == 4'100);
  CHECK(second.stream().is_at_end()); // its process exits
  const auto deadline = std::chrono::steady_clock::now() + tests::patience;
  while (of.server.connection_count() != 1 && std::chrono::steady_clock::now() < deadline)
    std::this_thread::yield();
  const auto text = ask(of).body;
  for (const std::string line : {
           R"(websock_route_connections{route="/chat/:room"} 1)",
           R"(websock_route_connections_opened_total{route="/chat/:room"} 2)",
           R"(websock_connections_opened_total 2)",
           R"(websock_messages_total{direction="in",type="text"} 4)",
           R"(websock_messages_total{direction="out",type="text"} 4)",
           R"(websock_messages_total{direction="in",type="close"} 1)",
           R"(websock_payload_bytes_total{direction="in",type="text"} 307)",
           R"(websock_payload_bytes_total{direction="out",type="text"} 307)",
           R"(websock_message_size_bytes_bucket{direction="in",le="63.0"} 3)",
           R"(websock_message_size_bytes_bucket{direction="in",le="255.0"} 3)",
           R"(websock_message_size_bytes_bucket{direction="in",le="1023.0"} 4)",
           R"(websock_message_size_bytes_sum{direction="out"} 307)",
           R"(websock_closes_total{code="4xxx",by="peer"} 1)",
           R"(websock_handshakes_total{result="accepted"} 2)",
           R"(websock_http_responses_total{status="1xx"} 2)",
           R"(websock_server_connections 1)",
       })
    CHECK((has_line(text, line) ? "" : line) == "");
}

TEST_CASE("a shared message counts for each connection that it is sent to") {
  running_server of([](websock::server& server) {
    server.websocket<announcer>("/").metrics("/metrics");
  });
  websocket_client first(of.port());
  websocket_client second(of.port());
  for (auto* each : {&first, &second}) {
    each->text("?");
    CHECK(each->take_text() == "shared");
  }
  const auto text = ask(of).body;
  CHECK(has_line(text, R"(websock_messages_total{direction="out",type="text"} 2)"));
  CHECK(has_line(text, R"(websock_payload_bytes_total{direction="out",type="text"} 12)"));
}

TEST_CASE("the format is that which the client prefers") {
  running_server of(with_metrics);
  const auto type = [&](std::string_view accept) {
    return ask(of, accept).header("Content-Type").value_or("");
  };
  const std::string plain = "text/plain; version=0.0.4; charset=utf-8";
  const std::string open = "application/openmetrics-text; version=1.0.0; charset=utf-8";
  CHECK(type({}) == plain);
  CHECK(type("Accept: image/png\r\n") == plain);
  CHECK(type("Accept: */*\r\n") == plain);
  CHECK(type("Accept: application/openmetrics-text\r\n") == open);
  CHECK(type("Accept: application/openmetrics-text;version=1.0.0,"
             "application/openmetrics-text;version=0.0.1;q=0.75,"
             "text/plain;version=0.0.4;q=0.5,*/*;q=0.1\r\n")
        == open);
  CHECK(type("Accept: application/openmetrics-text;q=0.2, text/plain\r\n") == plain);
  CHECK(type("Accept: application/openmetrics-text;q=0\r\n") == plain);
  CHECK(type("Accept: application/openmetrics-text;q=x\r\n") == plain);
  CHECK(ask(of, "Accept: application/openmetrics-text\r\n").body.ends_with("\n# EOF\n"));
}

TEST_CASE("HEAD gets the head alone, and POST is refused") {
  running_server of(with_metrics);
  tcp_client head(of.port());
  head.send("HEAD /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto answer = take_answer(head, tests::answer_to::head);
  CHECK(answer.status == 200);
  CHECK(answer.header("Content-Length").value_or("0") != "0");
  tcp_client post(of.port());
  post.send("POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
  CHECK(take_answer(post).status == 405);
}

TEST_CASE("what refuses a handshake is counted") {
  websock::server_options options;
  options.max_connections = 1;
  running_server of(with_metrics, options);
  websocket_client first(of.port(), "/chat/1");
  const auto status = [&](std::string_view path, std::string_view headers = {}) {
    tcp_client client(of.port());
    client.send(tests::upgrade_request(path, headers));
    return take_answer(client).status;
  };
  CHECK(status("/chat/2") == 503);
  CHECK(status("/chat/2", "Origin: https://elsewhere.example\r\n") == 403);
  CHECK(status("/nowhere") == 404);
  const auto text = ask(of).body;
  CHECK(has_line(text, R"(websock_handshakes_total{result="accepted"} 1)"));
  CHECK(has_line(text, R"(websock_handshakes_total{result="limit"} 1)"));
  CHECK(has_line(text, R"(websock_handshakes_total{result="origin"} 1)"));
  CHECK(has_line(text, R"(websock_handshakes_total{result="route"} 1)"));
  CHECK(has_line(text, "websock_server_origins_refused_total 1"));
}

TEST_CASE("two servers of a node are summed up, and one that is gone is left out") {
  running_server of(with_metrics);
  {
    websock::server second(of.node, [] {
      websock::server_options options;
      options.port = 0;
      return options;
    }());
    second.websocket<echo>("/chat/:room").metrics();
    second.start();
    websocket_client here(of.port(), "/chat/1");
    websocket_client there(second.port(), "/chat/1");
    const auto text = metrics_text(of.node);
    CHECK(has_line(text, R"(websock_route_connections{route="/chat/:room"} 2)"));
    CHECK(has_line(text, "websock_server_connections 2"));
  }
  CHECK(has_line(metrics_text(of.node),
                 R"(websock_route_connections_opened_total{route="/chat/:room"} 1)"));
}

TEST_CASE("metrics are set before the start") {
  running_server of([](websock::server& server) { server.websocket<echo>("/"); });
  CHECK_THROWS_AS(of.server.metrics("/metrics"), std::logic_error);
  CHECK_THROWS_AS(of.server.metrics(), std::logic_error);
}

TEST_CASE("a server stops while its metrics are read") {
  websock::runtime::node node(
      {.shards = 2,
       .pool_threads = 1,
       .log = [](websock::runtime::log_level, std::string_view) {}});
  std::atomic<bool> is_over{false};
  tests::channel<int> begun;
  std::thread reader;
  {
    websock::server_options options;
    options.port = 0;
    websock::server server(node, options);
    with_metrics(server);
    server.start();
    reader = std::thread([&] {
      begun.put(static_cast<int>(metrics_text(node).size()));
      while (!is_over)
        static_cast<void>(metrics_text(node));
    });
    CHECK(begun.take() > 0);
    server.stop();
  }
  is_over = true;
  reader.join();
  CHECK_FALSE(has_line(metrics_text(node), "websock_server_connections 0"));
}
