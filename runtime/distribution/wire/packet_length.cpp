// Lengths of packets.

#include "packet_length.hpp"

#include "octets.hpp"

#include <cstdint>
#include <limits>
#include <stdexcept>

namespace websock::runtime::distribution {

std::size_t begin_length(std::string& out) {
  out.append(length_size, '\0');
  return out.size() - length_size;
}

void end_length(std::string& out, std::size_t mark) {
  const std::size_t size = out.size() - mark - length_size;
  if (size > std::numeric_limits<std::uint32_t>::max())
    throw std::length_error("a packet of 4 GiB or more");
  for (std::size_t i = 0; i < length_size; ++i)
    out[mark + i] = static_cast<char>(size >> 8 * (length_size - 1 - i));
}

void append_tick(std::string& out) {
  out.append(length_size, '\0');
}

} // namespace websock::runtime::distribution
