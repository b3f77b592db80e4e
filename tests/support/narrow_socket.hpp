// A connected socket that holds little on both ends, so that a peer that does not read is
// soon felt.
#pragma once

#include "tests/support/tcp_client.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tests {

/// To 127.0.0.1. Small segments keep the server's send buffer small, too: the kernel
/// makes it a multiple of them. Throws std::system_error when it is refused.
[[nodiscard]] tcp_client::connected connect_narrow(std::uint16_t port);

/// The same with the kernel's own sizes.
[[nodiscard]] tcp_client::connected connect_wide(std::uint16_t port);

/// Sends what the kernel takes until it has taken nothing for `patience_ms`. Returns how
/// much it took.
[[nodiscard]] std::size_t send_until_stuck(int descriptor, std::string_view bytes,
                                           int patience_ms);

} // namespace tests
