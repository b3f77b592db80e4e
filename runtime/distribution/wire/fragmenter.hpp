// A message too large for one packet, handed out fragment by fragment, so that others
// pass between them (erl_ext_dist, "Distribution Header for fragmented messages").
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace websock::runtime::distribution {

/// A payload up to here is sent whole, as OTP has it.
inline constexpr std::size_t fragment_size = std::size_t{64} * 1024;
/// Octets of payload in each fragment: others wait for one at most, which a slow network
/// makes long.
inline constexpr std::size_t fragment_piece = std::size_t{16} * 1024;

/// Movable; the payload can be shared with the fragmenters of other peers. OTP expects
/// that nothing else of the same sender goes to the same receiver until the last
/// fragment.
class fragmenter {
public:
  /// `control` is a control message in the external term format, which the first fragment
  /// has whole; `payload` is a term without version octet. No other unfinished message to
  /// this peer has the same `sequence`.
  fragmenter(std::uint64_t sequence, std::string control,
             std::shared_ptr<const std::string> payload,
             std::size_t piece = fragment_piece);

  /// Appends one packet, its length included. Call only while there is one.
  void append_next(std::string& out);

  [[nodiscard]] bool is_done() const noexcept { return left_ == 0; }
  /// Octets of the payload that are still to be sent.
  [[nodiscard]] std::size_t octets_left() const noexcept;

private:
  std::uint64_t sequence_;
  std::uint64_t left_; // fragments
  std::size_t at_ = 0; // in the payload
  std::size_t piece_;
  std::string control_; // until it is sent
  std::shared_ptr<const std::string> payload_;
};

} // namespace websock::runtime::distribution
