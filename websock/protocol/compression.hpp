// Whether a message may be compressed.
#pragma once

#include <cstdint>

namespace websock::protocol {

/// Where compression was agreed on. Elsewhere it makes no difference.
enum class compression : std::uint8_t { allowed, refused };

} // namespace websock::protocol
