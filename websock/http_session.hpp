// One accepted socket until it is a WebSocket connection or closed: request heads in,
// responses out. Not a process: no handler runs here but the routes'.
#pragma once

#include "runtime/timer_queue.hpp"
#include "websock/http/head_parser.hpp"
#include "websock/reply.hpp"
#include "websock/transport.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace websock {

class connection_host;
struct server_core;

/// Lives on one shard. Every way out calls `finished` once, which may destroy this
/// object.
class http_session final : public runtime::io_target, public runtime::timer {
public:
  http_session(server_core& core, connection_host& host,
               std::unique_ptr<transport> socket, std::function<void()> finished);
  ~http_session() override;

private:
  enum class then : std::uint8_t { read_on, wait, gone };

  void on_ready(runtime::readiness what) override;
  void expire(runtime::time_point now) override;

  [[nodiscard]] then read();
  [[nodiscard]] then serve(std::string_view& in);
  [[nodiscard]] then answer(http::request& request, std::string_view rest);
  [[nodiscard]] http::reply route(http::request& request);
  [[nodiscard]] then respond(const http::request& request,
                             const http::response& response);
  [[nodiscard]] then upgrade(upgrade_plan plan, std::string_view leftover);
  [[nodiscard]] then write();
  [[nodiscard]] then close_with(std::string bytes);
  void restart_deadline();

  server_core& core_;
  connection_host& host_;
  std::unique_ptr<transport> socket_;
  std::function<void()> finished_;
  http::head_parser parser_;
  std::string input_; // read, but behind a response that has not left yet
  std::string unsent_;
};

} // namespace websock
