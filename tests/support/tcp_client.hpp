// A client on a real TCP socket: plain bytes, and a deadline for every wait.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tests {

/// Every wait throws std::runtime_error on timeout.
class tcp_client {
public:
  /// Connects to an IPv4 or IPv6 address. Throws std::system_error if refused.
  explicit tcp_client(std::uint16_t port, const std::string& host = "127.0.0.1");
  /// Takes ownership of one end of a socket pair.
  struct connected {
    int descriptor;
  };
  explicit tcp_client(connected end) noexcept : descriptor_(end.descriptor) {}
  tcp_client(tcp_client&& other) noexcept;
  tcp_client& operator=(tcp_client&&) = delete;
  ~tcp_client();

  void send(std::string_view bytes);
  /// Bytes that have arrived but were not taken yet: at least `least`, unless the stream
  /// ends first. Valid until the next call.
  [[nodiscard]] std::string_view peek(std::size_t least = 1);
  /// Exactly `count` bytes.
  [[nodiscard]] std::string take(std::size_t count);
  /// Everything up to and including `mark`.
  [[nodiscard]] std::string take_until(std::string_view mark);
  /// Everything up to the end of the stream.
  [[nodiscard]] std::string take_rest();
  /// Waits for more bytes; true if the stream ends instead.
  [[nodiscard]] bool is_at_end() { return peek().empty(); }

  /// Ends the client's side of the stream; the server may still send.
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
