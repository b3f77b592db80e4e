// The length in four octets before each packet, filled in once the packet is written.
#pragma once

#include <cstddef>
#include <string>

namespace websock::runtime::distribution {

inline constexpr std::size_t length_size = 4; // octets

/// Appends the octets of a length. Returns where they are.
[[nodiscard]] std::size_t begin_length(std::string& out);

/// Sets the length at `mark` to the number of octets behind it. Throws std::length_error
/// for 4 GiB and more.
void end_length(std::string& out, std::size_t mark);

/// Appends a tick: a length of 0.
void append_tick(std::string& out);

} // namespace websock::runtime::distribution
