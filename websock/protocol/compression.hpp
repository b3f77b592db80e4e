// Whether a message may be compressed.
#pragma once

#include <cstdint>

namespace websock::protocol {

/// For connections that have negotiated compression; no effect on others.
enum class compression : std::uint8_t { allowed, refused };

} // namespace websock::protocol
