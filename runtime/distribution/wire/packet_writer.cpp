// Packets of a connection.

#include "packet_writer.hpp"

#include "../etf/tag.hpp"
#include "control_writer.hpp"
#include "packet_header.hpp"
#include "packet_length.hpp"

#include <utility>

namespace websock::runtime::distribution {

namespace {

void append_version(std::string& out) {
  out.push_back(static_cast<char>(etf::version_octet));
}

// Behind a distribution header terms have no version octet.
void append_terms(std::string& out, const control::message& what, const dialect& peer) {
  if (peer.framing == packet_framing::distribution_header)
    return append_control(out, what, peer);
  append_version(out);
  append_control(out, what, peer);
  if (has_payload(what) && !is_payload_inside(what, peer))
    append_version(out);
}

} // namespace

open_packet packet_writer::begin(std::string& out, const control::message& what) const {
  open_packet packet;
  packet.begin = begin_length(out);
  if (peer_.framing == packet_framing::distribution_header)
    append_whole(out);
  else
    append_pass_through(out);
  packet.control = out.size();
  try {
    append_terms(out, what, peer_);
  } catch (...) {
    out.resize(packet.begin);
    throw;
  }
  packet.payload = out.size();
  return packet;
}

std::optional<fragmenter> packet_writer::end(std::string& out, open_packet packet) {
  if (peer_.fragments == fragments::unknown
      || out.size() - packet.payload <= fragment_size) {
    end_length(out, packet.begin);
    return std::nullopt;
  }
  std::string control = out.substr(packet.control, packet.payload - packet.control);
  auto payload = std::make_shared<const std::string>(out, packet.payload);
  out.resize(packet.begin);
  return fragmenter{next_sequence_++, std::move(control), std::move(payload)};
}

void packet_writer::write(std::string& out, const control::message& what,
                          std::string_view payload) const {
  const open_packet packet = begin(out, what);
  out += payload;
  end_length(out, packet.begin);
}

fragmenter packet_writer::in_fragments(const control::message& what,
                                       std::shared_ptr<const std::string> payload) {
  std::string control;
  append_control(control, what, peer_);
  return fragmenter{next_sequence_++, std::move(control), std::move(payload)};
}

} // namespace websock::runtime::distribution
