// A running server on a node with two shards; tests can read its log.
#pragma once

#include "websock/runtime/process/node.hpp"
#include "websock/serve/server.hpp"

#include "tests/support/channel.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace runtime = websock::runtime;

namespace tests {

struct running_server {
  explicit running_server(const std::function<void(websock::server&)>& routes,
                          websock::server_options options = {})
      : server(node, on_free_port(std::move(options))) {
    routes(server);
    server.start();
  }

  [[nodiscard]] std::uint16_t port() const noexcept { return server.port(); }

  channel<std::string> log; // warnings and errors
  runtime::node node{
      {.shards = 2,
       .pool_threads = 1,
       .slow_turn = std::chrono::milliseconds(0), // the machine may be slow
       .log = [this](runtime::log_level level, std::string_view line) {
         if (level >= runtime::log_level::warning)
           log.put(std::string(line));
       }}};
  websock::server server;

private:
  [[nodiscard]] static websock::server_options
  on_free_port(websock::server_options options) {
    options.port = 0;
    return options;
  }
};

} // namespace tests
