// Clients that poll and mean no good, on sockets of the kernel.
#include "websock/channels.hpp"

#include "tests/catch.hpp"
#include "tests/support/http_answer.hpp"
#include "tests/support/running_server.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

using namespace tests;
using namespace std::chrono_literals;
using websock::json;

namespace {

class any_socket final : public websock::channel_socket {};

class room final : public websock::channel {
  websock::join_result join(std::string_view, const payload&) override { return ok(); }
};

constexpr std::string_view join_a = R"(["1","1","room:a","phx_join",{}])";

struct polled_server {
  explicit polled_server(websock::longpoll_options options = {},
                         websock::server_options of = {})
      : on(
          [&](websock::server& server) {
            routes = server.channels<any_socket>("/socket", {.longpoll = options});
            routes->channel<room>("room:*");
          },
          std::move(of)) {}

  [[nodiscard]] http_answer ask(const std::string& request) const {
    tcp_client client(on.port());
    client.send(request);
    return take_answer(client);
  }
  [[nodiscard]] static std::string get(const std::string& token) {
    return get_request("/socket/longpoll?vsn=2.0.0&token=" + token);
  }
  [[nodiscard]] static std::string post_head(const std::string& token,
                                             std::size_t length) {
    return "POST /socket/longpoll?vsn=2.0.0&token=" + token
           + " HTTP/1.1\r\nHost: test\r\nContent-Type: application/x-ndjson\r\n"
             "Content-Length: "
           + std::to_string(length) + "\r\n\r\n";
  }
  [[nodiscard]] int post(const std::string& token, std::string_view body) const {
    const auto got = ask(post_head(token, body.size()) + std::string(body));
    return got.status == 200 ? json::parse(got.body)["status"].get<int>() : got.status;
  }
  [[nodiscard]] json poll(const std::string& token) const {
    return json::parse(ask(get(token)).body);
  }
  [[nodiscard]] std::string open() const { return poll("")["token"]; }

  std::optional<websock::channels::socket_routes> routes;
  running_server on;
};

constexpr std::string_view heartbeat = R"([null,"1","phoenix","heartbeat",{}])";

} // namespace

TEST_CASE("requests of one session may arrive on any shard") {
  polled_server f;
  const auto token = f.open();
  for (int i = 0; i < 4; ++i) {
    CHECK(f.post(token, heartbeat) == 200);
    CHECK(f.poll(token)["messages"].size() == 1);
  }
  CHECK(f.routes->longpoll().sessions == 1);
}

TEST_CASE("a forged token finds no session") {
  polled_server f;
  const auto token = f.open();
  auto forged = token;
  forged.front() = forged.front() == 'A' ? 'B' : 'A';
  CHECK(f.post(forged, heartbeat) == 410);
  const auto other = f.poll(forged);
  CHECK(other["status"] == 410);
  CHECK(other["token"] != token);
  CHECK(f.post(token, heartbeat) == 200);
}

TEST_CASE("a hundred polls of one session: one gets the message, the others nothing") {
  polled_server f({.window = 2s});
  const auto token = f.open();
  CHECK(f.post(token, join_a) == 200);
  CHECK(f.poll(token)["messages"].size() == 1);
  std::vector<tcp_client> clients;
  for (int i = 0; i < 100; ++i) {
    clients.emplace_back(f.on.port());
    clients.back().send(f.get(token));
  }
  websock::channels::broadcast(f.on.node, "room:a", "ev");
  std::size_t messages = 0;
  for (auto& each : clients)
    messages += json::parse(take_answer(each).body)["messages"].size();
  CHECK(messages == 1);
}

TEST_CASE("a body that is too large, or too slow, does not reach the session") {
  websock::server_options options;
  options.body_timeout = 100ms;
  polled_server f({.max_body = 1'000}, std::move(options));
  const auto token = f.open();
  CHECK(f.post(token, std::string(1'001, '[')) == 413);
  tcp_client slow(f.on.port());
  slow.send(f.post_head(token, 100) + "[");
  CHECK(take_answer(slow).status == 408);
  CHECK(f.post(token, heartbeat) == 200);
}

TEST_CASE("clients that begin sessions and leave find no room at last") {
  polled_server f({.max_sessions = 20}); // half of them for one address
  for (int i = 0; i < 10; ++i)
    static_cast<void>(f.open());
  const auto refused = f.ask(f.get(""));
  CHECK(refused.status == 503);
  CHECK(refused.header("Retry-After") == "5");
  CHECK(f.routes->longpoll().refusals == 1);
}

TEST_CASE("nobody fetches what is broadcast: the session ends") {
  polled_server f({.max_unread = 10});
  const auto token = f.open();
  CHECK(f.post(token, join_a) == 200);
  CHECK(f.poll(token)["messages"].size() == 1);
  for (int i = 0; i < 11; ++i)
    websock::channels::broadcast(f.on.node, "room:a", "ev");
  while (f.post(token, heartbeat) == 200)
    continue;
  CHECK(f.routes->longpoll().overflows == 1);
  CHECK(f.poll(token)["status"] == 410);
}

TEST_CASE("sessions end with their server, and not only with its node") {
  polled_server f;
  const auto token = f.open();
  CHECK(f.routes->longpoll().sessions == 1);
  f.on.server.stop();
  const auto limit = std::chrono::steady_clock::now() + 60s;
  while (f.routes->longpoll().sessions > 0 && std::chrono::steady_clock::now() < limit)
    continue;
  CHECK(f.routes->longpoll().sessions == 0);
}

TEST_CASE("options of polling out of range are refused") {
  runtime::node node{{.shards = 1, .pool_threads = 1}};
  websock::server server(node, {.port = 0});
  const auto refused = [&](const websock::longpoll_options& options) {
    CHECK_THROWS_AS(server.channels<any_socket>("/a", {.longpoll = options}),
                    std::invalid_argument);
  };
  refused({.window = 0ms});
  refused({.window = 2h});
  refused({.max_body = 0});
  refused({.max_unread = 0});
  refused({.max_sessions = 0});
  refused({.secret = "short"});
}
