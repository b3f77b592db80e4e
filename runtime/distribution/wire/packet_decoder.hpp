// From the packets of a connection to control messages with their payloads.
#pragma once

#include "../etf/limits.hpp"
#include "atom_cache.hpp"
#include "control.hpp"
#include "fragment_assembler.hpp"
#include "packet_header.hpp"

#include <optional>
#include <string_view>

namespace websock::runtime::distribution {

/// A control message and what comes with it, valid until the decoder's next packet, and
/// as long as the octets of this one stay: all names are views of them or of the atom
/// cache.
struct received_message {
  control::message what;
  /// A term without version octet: the message, the reason or the arguments. Empty where
  /// the control message has none.
  std::string_view payload;
  /// The atoms that the payload refers to: for the etf::reader that reads it.
  const etf::atom_table* atoms = nullptr;
};

struct decoder_limits {
  etf::limits terms;
  fragment_limits fragments;
};

/// One per connection, for all of its packets in order. It allocates for new atoms of the
/// peer's cache and for fragments, and for nothing else.
class packet_decoder {
public:
  explicit packet_decoder(const decoder_limits& limits = {}) noexcept
      : limits_(limits.terms), references_(cache_), fragments_(limits.fragments) {}

  packet_decoder(const packet_decoder&) = delete;
  packet_decoder& operator=(const packet_decoder&) = delete;

  /// What a packet of packet_splitter says: nothing for a tick or while a message is
  /// incomplete. Throws etf::malformed, also for what is above a limit; then the
  /// connection is of no further use, for atoms may be missing from the cache.
  [[nodiscard]] std::optional<received_message> read(std::string_view packet);

  /// Octets of messages that are incomplete.
  [[nodiscard]] std::size_t held() const noexcept { return fragments_.held(); }

private:
  [[nodiscard]] std::optional<received_message>
  read_next_fragment(const packet_header& header);

  etf::limits limits_;
  atom_cache cache_;
  atom_references references_;
  fragment_assembler fragments_;
  assembled_packet whole_; // the last message that came in fragments
};

} // namespace websock::runtime::distribution
