// A socket behind a proxy.
#include "websock/transport/proxied_transport.hpp"

#include "websock/http/proxy_header.hpp"

#include <algorithm>
#include <variant>

namespace websock {

io_result proxied_transport::read(std::span<std::byte> into) {
  const auto result = below_->read(into);
  if (has_header_ || result.what != io_result::status::done)
    return result;
  return read_header(into, result.count);
}

// Moves the data that arrived with the header to the front, so nothing is held back.
io_result proxied_transport::read_header(std::span<std::byte> into, std::size_t count) {
  const auto before = begun_.size();
  begun_.append(reinterpret_cast<const char*>(into.data()), count);
  auto parsed = http::parse_proxy_header(begun_, limit_);
  if (const auto* state = std::get_if<http::proxy_header_state>(&parsed))
    return {*state == http::proxy_header_state::incomplete
                ? io_result::status::would_block
                : io_result::status::closed};
  auto& header = std::get<http::proxy_header>(parsed);
  has_header_ = true;
  source_ = std::move(header.source);
  std::string().swap(begun_);
  const auto used = header.size - before;
  std::copy(into.begin() + static_cast<std::ptrdiff_t>(used),
            into.begin() + static_cast<std::ptrdiff_t>(count), into.begin());
  if (used == count)
    return {io_result::status::would_block};
  return {io_result::status::done, count - used};
}

} // namespace websock
