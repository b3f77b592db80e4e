// The library under the same load as its peers, written as a user would write it.
//
//   /       sends each message back
//   /hub    broadcasts each message to all members, including its sender
//   /heap   how many octets are allocated
//   /socket channels (rooms.hpp)
#include "websock/websock.hpp"

#include "bench/servers/rooms.hpp"

#include <CLI/CLI.hpp>
#include <malloc.h>

#include <chrono>
#include <exception>
#include <iostream>
#include <memory>
#include <string>

namespace runtime = websock::runtime;

namespace {

class echo final : public websock::handler {
  websock::handle_result handle_in(websock::message_view in) override {
    return websock::push(in);
  }
};

class member final : public websock::handler {
  websock::handle_result init() override {
    runtime::pubsub::subscribe(self(), "hub");
    return websock::ok();
  }
  websock::handle_result handle_in(websock::message_view in) override {
    runtime::pubsub::broadcast(self(), "hub", websock::share(in));
    return websock::ok();
  }
  websock::handle_result handle_info(runtime::term info) override {
    return info.match(
        [](const websock::shared_message& what) { return websock::push(what); },
        [](runtime::otherwise) { return websock::ok(); });
  }
};

[[nodiscard]] websock::http::response heap(const websock::http::request&) {
  return websock::http::ok_text(std::to_string(::mallinfo2().uordblks));
}

} // namespace

int main(int argc, char** argv) {
  websock::server_options options;
  options.port = 0;
  options.shards = 1;
  options.max_connections = 1'000'000;
  options.connection.timeout = std::chrono::hours(1);
  options.drain.deadline = std::chrono::milliseconds(500);
  std::string reactor = "auto";
  websock::tls_options tls;
  CLI::App app("A WebSocket server to be measured.");
  app.add_option("--shards", options.shards, "threads");
  app.add_option("--reactor", reactor, "auto, epoll or uring");
  app.add_flag("--compress", options.connection.compress, "permessage-deflate");
  app.add_option("--tls-cert", tls.certificate_file, "certificate, PEM");
  std::size_t present = 0;
  app.add_option("--present", present, "people in the topic people:lobby");
  bool measures = false;
  app.add_flag("--metrics", measures, "count, and show the metrics at /metrics");
  auto* key = app.add_option("--tls-key", tls.key_file, "its key, PEM");
  CLI11_PARSE(app, argc, argv);
  if (key->count() > 0)
    options.tls = tls;
  try {
    options.reactor = runtime::reactor_kind_from(reactor);
    websock::server server(options);
    server.websocket<echo>("/").websocket<member>("/hub").get("/heap", heap);
    if (measures)
      server.metrics("/metrics");
    const bench::rooms channels(server, present);
    return server.run([&] { std::cout << server.url() << std::endl; });
  } catch (const std::exception& failed) {
    std::cerr << "websock_server: " << failed.what() << '\n';
    return 1;
  }
}
