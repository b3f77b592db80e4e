// Writes whole frames: header, then payload.

#include "websock/protocol/frame_writer.hpp"

#include "websock/protocol/close_payload.hpp"

#include <stdexcept>

namespace websock::protocol {

namespace {

// RFC 6455 §5.5: control frames are not fragmented and carry at most 125 octets.
void require_sendable_control(std::size_t size, fin last) {
  if (size > max_control_payload)
    throw std::invalid_argument("RFC 6455 §5.5: control frame over 125 octets");
  if (last != fin::set)
    throw std::invalid_argument("RFC 6455 §5.5: fragmented control frame");
}

std::string close_payload_of(close_code code, std::string_view body) {
  std::string payload;
  append_close_payload(payload, code, body);
  return payload;
}

} // namespace

void append_frame(std::string& out, opcode code, std::string_view payload, fin last,
                  rsv bits) {
  if (is_control(code))
    require_sendable_control(payload.size(), last);
  const auto before = out.size();
  try {
    append_header(out, code, payload.size(), last, bits);
    out.append(payload);
  } catch (...) { // no memory: removes half a frame
    out.resize(before);
    throw;
  }
}

void append_close(std::string& out, close_code code, std::string_view body) {
  append_frame(out, opcode::close, close_payload_of(code, body));
}

void append_masked_frame(std::string& out, opcode code, std::string_view payload,
                         mask_key key, fin last, rsv bits) {
  if (is_control(code))
    require_sendable_control(payload.size(), last);
  out.reserve(out.size() + max_header_size + payload.size()); // leaves no half frame
  append_masked_header(out, code, payload.size(), key, last, bits);
  const std::size_t begin = out.size();
  out.append(payload);
  apply_mask(std::as_writable_bytes(std::span{out}.subspan(begin)), key);
}

void append_masked_close(std::string& out, close_code code, std::string_view body,
                         mask_key key) {
  append_masked_frame(out, opcode::close, close_payload_of(code, body), key);
}

} // namespace websock::protocol
