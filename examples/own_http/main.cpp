// Adds WebSocket to an existing HTTP server, here a small one on Asio. The server accepts
// connections, reads request heads and answers them; it hands requests for /echo to the
// gateway.
#include "websock/gateway.hpp"
#include "websock/http.hpp"
#include "websock/server_signals.hpp"
#include "websock/websock.hpp"

#include <CLI/CLI.hpp>
#include <asio/awaitable.hpp>
#include <asio/buffer.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/read_until.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>

#include <iostream>
#include <thread>

using asio::use_awaitable;
using asio::ip::tcp;
using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;

namespace {

class echo final : public websock::handler {
  websock::handle_result handle_in(websock::message_view in) override {
    return websock::push(in);
  }
};

asio::awaitable<void> answer(tcp::socket& client, const websock::http::response& with) {
  const auto bytes = with.serialize(websock::http::body_policy::with_body,
                                    websock::http::connection_policy::close);
  co_await asio::async_write(client, asio::buffer(bytes), use_awaitable);
}

// If the gateway accepts, it owns the socket; if it refuses, we take the socket back.
asio::awaitable<void> upgrade(tcp::socket& client, websock::gateway& gateway,
                              const websock::http::request& request, std::string behind) {
  const auto protocol = client.local_endpoint().protocol();
  const int descriptor = client.release();
  auto outcome = gateway.adopt(descriptor, request, std::move(behind),
                               websock::upgrade<echo>(request));
  if (const auto* refused = std::get_if<websock::http::response>(&outcome)) {
    client.assign(protocol, descriptor);
    co_await answer(client, *refused);
  }
}

// Reads one request head: up to 16,384 bytes, within ten seconds.
asio::awaitable<void> serve(tcp::socket client, websock::gateway& gateway) {
  std::string bytes;
  asio::steady_timer deadline(client.get_executor(), 10s);
  const auto read =
      co_await (asio::async_read_until(client, asio::dynamic_buffer(bytes, 16'384),
                                       "\r\n\r\n", use_awaitable)
                || deadline.async_wait(use_awaitable));
  if (read.index() != 0)
    co_return;
  const auto size = std::get<0>(read);
  const auto made = websock::http::make_request(std::string_view(bytes).substr(0, size));
  const auto* request = std::get_if<websock::http::request>(&made);
  if (request == nullptr)
    co_await answer(client, std::get<websock::http::response>(made));
  else if (request->path() == "/echo")
    co_await upgrade(client, gateway, *request, bytes.substr(size));
  else if (request->path() == "/")
    co_await answer(client, websock::http::ok_text("the echo is at /echo\n"));
  else
    co_await answer(client, websock::http::not_found());
}

asio::awaitable<void> accept(tcp::acceptor& door, websock::gateway& gateway) {
  for (;;) {
    auto client = co_await door.async_accept(use_awaitable);
    asio::co_spawn(door.get_executor(), serve(std::move(client), gateway),
                   asio::detached); // if the client disconnects, its own coroutine ends
  }
}

} // namespace

int main(int argc, char** argv) {
  std::string host = "127.0.0.1";
  std::uint16_t port = 4000;
  std::size_t shards = 0;
  CLI::App app("A WebSocket echo beside an HTTP server of its own.");
  app.add_option("--host", host, "address to listen on");
  app.add_option("--port", port, "port to listen on, 0 for a free one");
  app.add_option("--shards", shards, "threads for WebSocket, 0 for one per core");
  CLI11_PARSE(app, argc, argv);
  try {
    websock::stop_signals signals;
    websock::runtime::node node({.shards = shards});
    websock::gateway gateway(node);
    asio::io_context io{1};
    tcp::acceptor door(io, {asio::ip::make_address(host), port});
    asio::co_spawn(io, accept(door, gateway), asio::detached);
    std::thread http([&] { io.run(); });
    std::cout << "own_http: http://" << door.local_endpoint() << "/  (Ctrl-C stops it)"
              << std::endl;
    signals.wait();
    gateway.drain({}); // meanwhile the HTTP server keeps running, and /echo answers 503
    io.stop();
    http.join();
    return 0;
  } catch (const std::exception& failed) {
    std::cerr << "own_http: " << failed.what() << '\n';
    return 1;
  }
}
