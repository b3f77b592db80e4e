// Splits what a connection receives into packets, each behind its length in four octets
// (erl_dist_protocol, "Protocol between Connected Nodes"). It holds the octets and
// nothing else: what a packet means is packet_decoder's.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace websock::runtime::distribution {

/// A socket reads into `room()` without another copy. The memory grows with what has
/// arrived, never with what a length claims.
class packet_splitter {
public:
  /// A packet longer than `max_packet` octets is refused by its length alone.
  explicit packet_splitter(std::size_t max_packet) noexcept : max_packet_(max_packet) {}

  /// Where the next octets go, never empty. Ends the validity of all packets.
  [[nodiscard]] std::span<char> room();

  /// Says that the first `count` octets of the last `room()` have been filled.
  void received(std::size_t count) noexcept;

  /// Takes octets that were read elsewhere, as those behind a handshake.
  void append(std::string_view octets);

  /// The next packet without its length, or nothing until more is received. An empty
  /// packet is a tick. The view is valid until `room()` or `append`. Throws
  /// etf::malformed for a length above the limit; then the connection is of no further
  /// use.
  [[nodiscard]] std::optional<std::string_view> next();

  /// Octets that are waiting to become a packet.
  [[nodiscard]] std::size_t held() const noexcept { return end_ - begin_; }

  /// Octets of memory that are taken.
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

private:
  void make_room(std::size_t wanted);
  void move_to(std::unique_ptr<char[]> other, std::size_t capacity);

  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0; // of what waits
  std::size_t end_ = 0;
  std::size_t max_packet_;
};

} // namespace websock::runtime::distribution
