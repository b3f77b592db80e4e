// Default implementations: limited reads, and gathering piece by piece.
#include "websock/transport/transport.hpp"

#include <algorithm>

namespace websock {

limited_read transport::read_first(std::size_t octets, std::span<std::byte> into) {
  const auto result = read(into.first(std::min(octets, into.size())));
  return {result, result.what == io_result::status::done ? octets - result.count : 0};
}

std::size_t size_of(std::span<const std::string_view> pieces) noexcept {
  std::size_t sum = 0;
  for (const auto piece : pieces)
    sum += piece.size();
  return sum;
}

io_result transport::gather(std::span<const std::string_view> pieces) {
  io_result sum{io_result::status::done};
  for (const auto piece : pieces) {
    const auto result = write(piece);
    if (result.what != io_result::status::done)
      return sum.count > 0 ? sum : result;
    sum.count += result.count;
    if (result.count < piece.size())
      break;
  }
  return sum;
}

} // namespace websock
