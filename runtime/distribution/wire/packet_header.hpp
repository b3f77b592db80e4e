// What stands before the terms of a packet (erl_ext_dist, "Distribution Header"): which
// form it has, which fragment it is, and the atoms that its terms refer to.
#pragma once

#include "atom_cache.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace websock::runtime::distribution {

enum class packet_form : std::uint8_t {
  pass_through,   // 112: terms with version octets, from peers without an atom cache
  whole,          // 131 68
  first_fragment, // 131 69
  next_fragment,  // 131 70
};

struct packet_header {
  packet_form form = packet_form::whole;
  std::uint64_t sequence = 0; // of a fragment
  std::uint64_t fragment = 0; // counts down to 1
  std::string_view rest;      // the terms, or a part of them
};

/// Reads the header of a packet that is no tick, puts its new atoms into `cache` and
/// makes `references` those of this packet; a next fragment leaves both as they are.
/// `rest` is a view into the packet. Throws etf::malformed.
[[nodiscard]] packet_header read_header(std::string_view packet, atom_cache& cache,
                                        atom_references& references);

/// The octets of a header without references to atoms.
void append_pass_through(std::string& out);
void append_whole(std::string& out);
void append_first_fragment(std::string& out, std::uint64_t sequence,
                           std::uint64_t fragments);
void append_next_fragment(std::string& out, std::uint64_t sequence,
                          std::uint64_t fragment);

} // namespace websock::runtime::distribution
