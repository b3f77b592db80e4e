// A client in memory: the production connection code on a stepped node, without sockets.
#pragma once

#include "websock/handshake/route_result.hpp"
#include "websock/options/options.hpp"
#include "websock/protocol/opcode.hpp"
#include "websock/runtime/address/pid.hpp"
#include "websock/runtime/testing/stepped_node.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace websock {
class connection_host;
}

namespace websock::testing {

struct memory_pipe;

/// One connection as its peer sees it. Calls take effect when the node is stepped. With
/// `compress` in the options, it negotiates exactly the compression that they ask for,
/// and compresses what it sends as the server does.
class client {
public:
  struct frame {
    protocol::opcode code;
    std::string payload;
    friend bool operator==(const frame&, const frame&) = default;
  };

  client(runtime::testing::stepped_node& node, upgrade_options options,
         handler_factory make);

  // What the peer sends, properly masked.
  void text(std::string_view payload);
  void binary(std::string_view payload);
  void ping(std::string_view payload = {});
  void pong(std::string_view payload = {});
  void close(std::uint16_t code, std::string_view body = {});
  void close_without_code();
  /// Sends arbitrary octets.
  void raw(std::string_view octets);
  /// Ends the stream without a close frame.
  void disconnect();
  /// Ends the stream with a reset: data in transit in either direction is lost.
  void reset();
  /// Takes only `count` more bytes until told otherwise.
  void take_only(std::size_t count);
  /// Takes `count` bytes more.
  void take(std::size_t count);

  /// All frames received so far, decompressed; throws if they are not valid server
  /// frames.
  [[nodiscard]] std::vector<frame> frames() const;
  /// The payloads of the text messages received so far.
  [[nodiscard]] std::vector<std::string> texts() const;
  /// The code and body of the close frame, once received; the code is 1005 if it had
  /// none.
  [[nodiscard]] std::optional<std::pair<std::uint16_t, std::string>> close_frame() const;
  /// Everything received, byte for byte.
  [[nodiscard]] const std::string& received() const noexcept;
  /// How many of the bytes that the peer sent have not been read yet.
  [[nodiscard]] std::size_t unread() const noexcept;
  /// Whether the server has ended its side of the stream.
  [[nodiscard]] bool is_ended() const noexcept;
  /// The connection's process.
  [[nodiscard]] const runtime::pid& pid() const noexcept { return pid_; }

  /// Acts on the connection as its server: `work` runs on its shard if the connection
  /// still exists then.
  void with_host(std::function<void(connection_host&)> work);

private:
  struct sender;
  void send(protocol::opcode code, std::string_view payload);

  std::shared_ptr<memory_pipe> pipe_;
  std::shared_ptr<sender> sender_;
  std::weak_ptr<connection_host> host_; // lives as long as its only connection
  runtime::pid pid_;
};

/// Connects to a `T(args...)` on a shard of `node`.
template <class T, class... Args>
[[nodiscard]] client connect(runtime::testing::stepped_node& node, Args&&... args) {
  return client(node, {}, websock::detail::make_factory<T>(std::forward<Args>(args)...));
}

/// The same with options.
template <class T, class... Args>
[[nodiscard]] client connect_with(runtime::testing::stepped_node& node,
                                  const upgrade_options& options, Args&&... args) {
  return client(node, options,
                websock::detail::make_factory<T>(std::forward<Args>(args)...));
}

} // namespace websock::testing
