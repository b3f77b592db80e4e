// Header, fragments, control message: in this order.

#include "packet_decoder.hpp"

#include "control_reader.hpp"

#include <utility>

namespace websock::runtime::distribution {

namespace {

received_message read_with(const etf::atom_table& atoms, std::string_view terms,
                           const etf::limits& limits, version_octets versions) {
  const auto [what, payload] = read_control({terms, atoms, limits}, versions);
  return {.what = what, .payload = payload, .atoms = &atoms};
}

} // namespace

std::optional<received_message> packet_decoder::read(std::string_view packet) {
  if (packet.empty())
    return std::nullopt;
  whole_ = {};
  const auto header = read_header(packet, cache_, references_);
  switch (header.form) {
  case packet_form::pass_through:
    return read_with(references_, header.rest, limits_, version_octets::present);
  case packet_form::whole:
    return read_with(references_, header.rest, limits_, version_octets::omitted);
  case packet_form::first_fragment:
    if (header.fragment == 1)
      return read_with(references_, header.rest, limits_, version_octets::omitted);
    fragments_.begin(header.sequence, header.fragment, header.rest, references_);
    return std::nullopt;
  case packet_form::next_fragment:
    return read_next_fragment(header);
  }
  return std::nullopt;
}

std::optional<received_message>
packet_decoder::read_next_fragment(const packet_header& header) {
  auto whole = fragments_.add(header.sequence, header.fragment, header.rest);
  if (!whole)
    return std::nullopt;
  whole_ = std::move(*whole);
  return read_with(whole_.atoms, whole_.octets, limits_, version_octets::omitted);
}

} // namespace websock::runtime::distribution
