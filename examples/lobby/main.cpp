// The lobby: looks up each visitor in a database that may be slow or down, and blocks no
// thread while it waits.
#include "websock/runtime/registry.hpp"
#include "websock/websock.hpp"

#include "examples/lobby/accounts.hpp"
#include "examples/lobby/page.hpp"
#include "examples/lobby/switchboard.hpp"
#include "examples/lobby/visitor.hpp"
#include "examples/page_headers.hpp"

#include <CLI/CLI.hpp>

#include <iostream>

namespace {

void of_connections(websock::upgrade_options& options) {
  using namespace std::chrono_literals;
  options.timeout = 5min;
  options.ping_interval = 25s;
  options.limits.max_frame_size = options.limits.max_message_size = 1'024;
}

} // namespace

int main(int argc, char** argv) {
  websock::server_options options;
  CLI::App app("A lobby whose door is a database.");
  app.add_option("--host", options.host, "address to listen on");
  app.add_option("--port", options.port, "port to listen on, 0 for a free one");
  app.add_option("--shards", options.shards, "threads, 0 for one per core");
  std::size_t patience_ms = 2'000;
  app.add_option("--patience", patience_ms,
                 "milliseconds that a visitor waits for the database")
      ->check(CLI::Range(1, 60'000));
  CLI11_PARSE(app, argc, argv);
  const std::chrono::milliseconds patience(patience_ms);
  const websock::runtime::registry visitors{websock::runtime::registry::keys_are::unique};
  try {
    websock::server server(options);
    const websock::checked_options connections(server.defaults(),
                                               websock::with(of_connections));
    server.files(lobby::page(), examples::page_headers)
        .get("/lobby/:key",
             [&](const websock::http::request& request) -> websock::route_result {
               const std::string key(request.param("key"));
               if (!lobby::is_key(key))
                 return websock::http::bad_request("key: 32 hexadecimal digits, please");
               return websock::upgrade<lobby::visitor>(request, connections, visitors,
                                                       key, patience);
             })
        .get("/switchboard",
             [&](const websock::http::request& request) {
               return websock::upgrade<lobby::switchboard>(request, connections,
                                                           visitors);
             })
        .supervise(lobby::database_child(3 * patience));
    return server.run([&] {
      std::cout << "lobby: " << server.url() << " on " << server.node().shard_count()
                << " shards; Ctrl-C stops it" << std::endl;
    });
  } catch (const std::exception& failed) {
    std::cerr << "lobby: " << failed.what() << '\n';
    return 1;
  }
}
