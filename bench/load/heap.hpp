// What the server itself says that it has allocated.
#pragma once

#include "bench/load/settings.hpp"

#include <cstdint>

namespace bench {

/// The number of octets that `heap_path` answers. Throws std::runtime_error if that is
/// none.
[[nodiscard]] std::uint64_t heap_of(const settings& to);

} // namespace bench
