// A connected socket with small buffers on both ends, so that a peer that does not read
// causes backpressure quickly.
#pragma once

#include "tests/support/tcp_client.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tests {

/// Connects to 127.0.0.1. Small segments keep the server's send buffer small too: the
/// kernel sizes it in multiples of them. Throws std::system_error if the connection is
/// refused.
[[nodiscard]] tcp_client::connected connect_narrow(std::uint16_t port);

/// The same with the kernel's default sizes.
[[nodiscard]] tcp_client::connected connect_wide(std::uint16_t port);

/// Sends until the kernel has accepted nothing for `patience_ms`. Returns how much it
/// accepted.
[[nodiscard]] std::size_t send_until_stuck(int descriptor, std::string_view bytes,
                                           int patience_ms);

} // namespace tests
