// A client on a real TCP socket: plain bytes, and a deadline for every wait.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tests {

/// Every wait that is not over in time throws std::runtime_error.
class tcp_client {
public:
  /// Connects to an IPv4 or IPv6 address. Throws std::system_error when it is refused.
  explicit tcp_client(std::uint16_t port, const std::string& host = "127.0.0.1");
  /// Takes over one end of a pair of connected sockets.
  struct connected {
    int descriptor;
  };
  explicit tcp_client(connected end) noexcept : descriptor_(end.descriptor) {}
  tcp_client(tcp_client&& other) noexcept;
  tcp_client& operator=(tcp_client&&) = delete;
  ~tcp_client();

  void send(std::string_view bytes);
  /// What has arrived and was not taken yet, at least `least` bytes unless the stream
  /// ends before. Valid until the next call.
  [[nodiscard]] std::string_view peek(std::size_t least = 1);
  /// Exactly `count` bytes.
  [[nodiscard]] std::string take(std::size_t count);
  /// Up to and including `mark`.
  [[nodiscard]] std::string take_until(std::string_view mark);
  /// Everything up to the end of the stream.
  [[nodiscard]] std::string take_rest();
  /// Waits for more: true when the stream ends instead.
  [[nodiscard]] bool is_at_end() { return peek().empty(); }

  /// Tells the server that nothing more will come; it may still send.
  void end_output();
  /// Ends the connection with a reset.
  void reset();

private:
  void wait_for(short events);
  [[nodiscard]] bool receive();
  [[noreturn]] void fail_at_end() const;
  [[nodiscard]] std::string_view untaken() const noexcept;

  int descriptor_ = -1;
  std::string received_;
  std::size_t taken_ = 0; // of received_
  bool has_ended_ = false;
};

} // namespace tests
