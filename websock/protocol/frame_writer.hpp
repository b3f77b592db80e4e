// Appends whole frames to an output buffer, with the shortest encoding of the length.
#pragma once

#include "websock/protocol/close_code.hpp"
#include "websock/protocol/frame_header.hpp"
#include "websock/protocol/mask.hpp"
#include "websock/protocol/opcode.hpp"

#include <string>
#include <string_view>

namespace websock::protocol {

/// Appends an unmasked frame, as a server sends it. The caller ensures that text is
/// UTF-8. Throws std::invalid_argument for a control frame that is fragmented or over 125
/// octets.
void append_frame(std::string& out, opcode code, std::string_view payload,
                  fin last = fin::set, rsv bits = rsv::none);

/// Appends an unmasked close frame; `no_status` sends an empty one.
/// Throws std::invalid_argument unless `is_sendable_close(code, body)`.
void append_close(std::string& out, close_code code, std::string_view body = {});

/// Appends a masked frame, as a client sends it. Throws like `append_frame`.
void append_masked_frame(std::string& out, opcode code, std::string_view payload,
                         mask_key key, fin last = fin::set, rsv bits = rsv::none);

/// Appends a masked close frame, as a client sends it. Throws like `append_close`.
void append_masked_close(std::string& out, close_code code, std::string_view body,
                         mask_key key);

} // namespace websock::protocol
