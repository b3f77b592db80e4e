// A client in memory and the server's end of its stream, from which a test can send
// anything.
#pragma once

#include "websock/client/client_opening.hpp"
#include "websock/connection/connection_process.hpp"
#include "websock/handshake/accept_key.hpp"
#include "websock/protocol/close_payload.hpp"
#include "websock/protocol/frame_writer.hpp"
#include "websock/testing/memory/host_keeper.hpp"
#include "websock/testing/memory/memory_transport.hpp"

#include "tests/websock/connection/scripted.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace runtime = websock::runtime;

namespace websock::testing {

/// A client with a scripted handler, connecting to ws://example.org/feed and monitored.
class raw_server {
public:
  explicit raw_server(const client_options& options = {}, script todo = {},
                      std::size_t window = SIZE_MAX)
      : work(std::make_shared<script>(std::move(todo))) {
    pipe_->window = window;
    auto plan = plan_client("ws://example.org/feed", options);
    key_ = plan.offer.key;
    connection_setup setup{
        host_.get(),
        nullptr,
        {plan.options, &plan.options->connection},
        detail::make_factory<scripted>(work),
        {},
        {},
        host_keeper::keep(host_), // outlives its only connection
        {},
        std::make_unique<client_opening>(std::move(plan),
                                         std::make_unique<memory_transport>(pipe_))};
    pid = node.node().spawn_on<connection_process>(0, std::move(setup));
    node.spawn<watcher>(pid, ends);
    node.run_until_idle();
  }

  /// The response that matches the request, plus the header lines in `more`.
  [[nodiscard]] std::string acceptance(std::string_view more = {}) const {
    return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
           "Connection: Upgrade\r\nSec-WebSocket-Accept: "
           + accept_key(key_) + "\r\n" + std::string(more) + "\r\n";
  }
  void send(std::string_view octets) {
    pipe_->to_server += octets; // the pipe is named from the server's point of view
    pipe_->notify();
    node.run_until_idle();
  }
  void frame(protocol::opcode code, std::string_view payload) {
    std::string octets;
    protocol::append_frame(octets, code, payload);
    send(octets);
  }
  void close(std::uint16_t code) {
    std::string octets;
    protocol::append_close(octets, protocol::close_code(code));
    send(octets);
  }
  void disconnect() {
    pipe_->client_ended = true;
    pipe_->notify();
    node.run_until_idle();
  }
  /// Reads `count` more octets.
  void take(std::size_t count) {
    pipe_->window += count;
    pipe_->notify();
    node.run_until_idle();
  }

  /// The request and the octets after it.
  [[nodiscard]] std::string_view request() const {
    const auto end = all().find("\r\n\r\n");
    return end == std::string_view::npos ? all() : all().substr(0, end + 4);
  }
  [[nodiscard]] std::string_view octets() const { return all().substr(request().size()); }
  /// The frames after the request, as a server reads them: `text hello`, `close 1000`.
  [[nodiscard]] lines frames() const {
    static constexpr protocol::message_limits generous{};
    protocol::message_assembler assembler(protocol::role::server, generous);
    std::string copy(octets());
    auto in = std::as_writable_bytes(std::span(copy));
    lines found;
    for (auto event = assembler.next(in); event.what != protocol::event::kind::need_more;
         event = assembler.next(in)) {
      found.push_back(line_of(event));
      if (event.what == protocol::event::kind::failed)
        break;
    }
    return found;
  }
  /// Whether the client has ended its side of the stream or closed its socket.
  [[nodiscard]] bool is_ended() const { return pipe_->server_ended; }
  [[nodiscard]] bool is_closed() const { return pipe_->server_closed; }

  runtime::testing::stepped_node node{7, {.shards = 1, .pool_threads = 1}};
  std::shared_ptr<lines> ends = std::make_shared<lines>();
  std::shared_ptr<script> work;
  runtime::pid pid;

private:
  [[nodiscard]] std::string_view all() const { return pipe_->to_client; }
  [[nodiscard]] static std::string line_of(const protocol::event& event) {
    const std::string text(protocol::as_chars(event.payload));
    using kind = protocol::event::kind;
    switch (event.what) {
    case kind::text:
      return "text " + text;
    case kind::binary:
      return "binary " + text;
    case kind::ping:
      return "ping " + text;
    case kind::pong:
      return "pong " + text;
    case kind::close: {
      const auto parsed = protocol::parse_close_payload(event.payload);
      return "close "
             + std::to_string(
                 static_cast<int>(parsed.code.value_or(protocol::close_code::no_status)));
    }
    default:
      return "failed " + std::string(event.why.reason);
    }
  }

  std::string key_;
  std::shared_ptr<connection_host> host_ =
      std::make_shared<connection_host>(node.node().shard_at(0));
  std::shared_ptr<memory_pipe> pipe_ =
      std::make_shared<memory_pipe>(node.node().shard_at(0));
};

} // namespace websock::testing
