// The opening handshake of the load generator: always the same key, so always the same
// proof.
#pragma once

#include "bench/load/settings.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace bench {

[[nodiscard]] std::string handshake_request(const settings& to);

/// How long the answer at the begin of `received` is; 0 when it is not complete. Throws
/// std::runtime_error where it is not the 101 that was asked for.
[[nodiscard]] std::size_t handshake_answer(const settings& to, std::string_view received);

} // namespace bench
