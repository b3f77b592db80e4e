// A WebSocket client on a real socket.
#pragma once

#include "websock/protocol/opcode.hpp"

#include "tests/support/tcp_client.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace tests {

/// `text` as a masked text frame.
[[nodiscard]] std::string text_frame(std::string_view text);
/// A masked close frame.
[[nodiscard]] std::string close_frame(std::uint16_t code, std::string_view body = {});

/// The constructor performs the upgrade; throws std::runtime_error unless the answer is
/// 101.
class websocket_client {
public:
  struct message {
    websock::protocol::opcode code;
    std::string payload;
  };

  explicit websocket_client(std::uint16_t port, std::string_view path = "/",
                            const std::string& host = "127.0.0.1");

  /// Uses an existing connection.
  explicit websocket_client(tcp_client stream, std::string_view path = "/");

  void text(std::string_view payload) { stream_.send(text_frame(payload)); }
  void close(std::uint16_t code) { stream_.send(close_frame(code)); }
  /// The server's next message or control frame.
  [[nodiscard]] message take();
  /// The payload of the next message, which must be text.
  [[nodiscard]] std::string take_text();
  /// The code of the next frame, which must be a close frame.
  [[nodiscard]] std::uint16_t take_close();
  /// The raw bytes: for what no client should send, and for the end of the stream.
  [[nodiscard]] tcp_client& stream() noexcept { return stream_; }

private:
  tcp_client stream_;
};

} // namespace tests
