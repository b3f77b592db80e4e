// From flags to a dialect.

#include "dialect.hpp"

namespace websock::runtime::distribution {

namespace {

// erl_dist_protocol, "Distribution Flags".
constexpr std::uint64_t dist_hdr_atom_cache = 0x2000;
constexpr std::uint64_t send_sender = 0x80000;
constexpr std::uint64_t exit_payload = 0x400000;
constexpr std::uint64_t fragments_flag = 0x800000;

} // namespace

dialect dialect_of(std::uint64_t common_flags) noexcept {
  const auto has = [&](std::uint64_t flag) { return (common_flags & flag) != 0; };
  dialect found;
  if (!has(send_sender))
    found.senders = sender_of_send::omitted;
  if (!has(exit_payload))
    found.reasons = reason_place::control;
  if (!has(dist_hdr_atom_cache))
    found.framing = packet_framing::pass_through;
  // Only a distribution header can say that a packet is a fragment.
  if (!has(fragments_flag) || !has(dist_hdr_atom_cache))
    found.fragments = fragments::unknown;
  return found;
}

} // namespace websock::runtime::distribution
