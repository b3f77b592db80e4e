// Gathering where the stream below takes one piece at a time.
#include "websock/transport.hpp"

namespace websock {

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
