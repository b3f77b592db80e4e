// The shortest server: sends every message back to its sender.
#include "websock/websock.hpp"

#include <CLI/CLI.hpp>

#include <iostream>
#include <string>

class echo final : public websock::handler {
  websock::handle_result handle_in(websock::message_view in) override {
    return websock::push(in);
  }
};

int main(int argc, char** argv) {
  websock::server_options options;
  std::int64_t handshake_timeout = options.handshake_timeout.count();
  std::string reactor = "auto";
  CLI::App app("A WebSocket echo server.");
  app.add_option("--host", options.host, "address to listen on");
  app.add_option("--port", options.port, "port to listen on, 0 for a free one");
  app.add_option("--shards", options.shards, "threads, 0 for one per core");
  app.add_option("--reactor", reactor, "auto, epoll or uring (io_uring)");
  app.add_option("--max-connections", options.max_connections,
                 "at a time, 0 for 16,384 per shard");
  app.add_option("--handshake-timeout-ms", handshake_timeout,
                 "milliseconds for a request to be complete");
  auto& limits = options.connection.limits;
  app.add_option("--max-message-size", limits.max_message_size, "octets of one message");
  app.add_option("--max-frame-size", limits.max_frame_size, "octets of one frame");
  app.add_option("--max-fragments", limits.max_fragments, "frames of one message");
  app.add_flag("--compress", options.connection.compress,
               "permessage-deflate for clients that want it");
  websock::tls_options tls;
  auto* key = app.add_option("--tls-key", tls.key_file, "private key, PEM");
  auto* certificate =
      app.add_option("--tls-cert", tls.certificate_file, "certificate chain, PEM: wss")
          ->needs(key);
  key->needs(certificate);
  app.add_option("--unix", options.unix_path, "a Unix socket instead of host and port");
  app.add_flag_callback(
      "--proxy-protocol",
      [&] { options.proxy_protocol = websock::proxy_protocol::required; },
      "connections begin with a PROXY header, version 1 or 2");
  CLI11_PARSE(app, argc, argv);
  if (!tls.key_file.empty())
    options.tls = tls;
  try {
    options.reactor = websock::runtime::reactor_kind_from(reactor);
    options.handshake_timeout = std::chrono::milliseconds(handshake_timeout);
    if (const auto given = websock::inherited_sockets(); !given.empty())
      options.listen_descriptor = given.front().descriptor;
    websock::server server(options);
    server.websocket<echo>("/");
    return server.run([&] {
      std::cout << "echo: ws" << server.url().substr(4) << "  (reactor "
                << to_string(server.statistics().reactor) << "; Ctrl-C stops it)"
                << std::endl;
    });
  } catch (const std::exception& failed) {
    std::cerr << "echo: " << failed.what() << '\n';
    return 1;
  }
}
