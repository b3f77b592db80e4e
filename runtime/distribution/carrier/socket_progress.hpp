// What the kernel knows of the octets that it has taken.
#pragma once

#include "carrier.hpp"

#include <optional>

namespace websock::runtime::distribution {

/// Of a connected TCP socket; nothing when the kernel refuses to tell.
[[nodiscard]] std::optional<network_progress> progress_of(int socket) noexcept;

} // namespace websock::runtime::distribution
