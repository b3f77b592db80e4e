// Writes control messages with their payloads as packets for one peer, straight into the
// output buffer of its connection.
#pragma once

#include "control.hpp"
#include "dialect.hpp"
#include "fragmenter.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace websock::runtime::distribution {

/// A packet whose payload is being written: where it is in the output.
struct open_packet {
  std::size_t begin = 0;   // its length
  std::size_t control = 0; // its control message
  std::size_t payload = 0; // what the caller appends
};

/// One per connection. It does not keep what it writes.
class packet_writer {
public:
  explicit packet_writer(const dialect& peer) noexcept : peer_(peer) {}

  /// Starts a packet at the end of `out`. The caller appends the payload, a term without
  /// version octet, to `out`, then calls `end`, or `out.resize(packet.begin)` to drop it.
  [[nodiscard]] open_packet begin(std::string& out, const control::message& what) const;

  /// Ends a packet that is the last thing in `out`. If its payload is larger than a
  /// fragment and the peer takes fragments, the packet is taken out of `out` again and
  /// returned as a fragmenter, whose packets the caller appends in turn with others.
  [[nodiscard]] std::optional<fragmenter> end(std::string& out, open_packet packet);

  /// Writes a whole packet, however large, without fragments. `payload` is empty where
  /// there is none.
  void write(std::string& out, const control::message& what,
             std::string_view payload = {}) const;

  /// A payload that several peers get, in fragments.
  [[nodiscard]] fragmenter in_fragments(const control::message& what,
                                        std::shared_ptr<const std::string> payload);

private:
  dialect peer_;
  std::uint64_t next_sequence_ = 1;
};

} // namespace websock::runtime::distribution
