// Masking of payload, RFC 6455 §5.3. Masking and unmasking are the same operation.
#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace websock::protocol {

using mask_key = std::array<std::byte, 4>;

/// Masks in place. `phase` is the number of octets of the same frame already masked.
void apply_mask(std::span<std::byte> octets, mask_key key,
                std::size_t phase = 0) noexcept;

} // namespace websock::protocol
