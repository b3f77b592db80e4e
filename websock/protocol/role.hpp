// Which end of the connection we are; it decides who masks (RFC 6455 §5.1).
#pragma once

#include <cstdint>

namespace websock::protocol {

enum class role : std::uint8_t { server, client };

} // namespace websock::protocol
