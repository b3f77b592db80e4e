// Messages behind lengths of two or four octets.
#include "short_packets.hpp"

#include "octets.hpp"

#include <cassert>
#include <cstdint>

namespace websock::runtime::distribution::detail {

void put_packet(std::string& octets, std::string_view message, length_field length) {
  assert(message.size() <= UINT16_MAX);
  if (length == length_field::four)
    put(octets, static_cast<std::uint32_t>(message.size()));
  else
    put(octets, static_cast<std::uint16_t>(message.size()));
  octets += message;
}

void short_packets::append(std::string_view octets) {
  octets_.erase(0, at_);
  at_ = 0;
  octets_ += octets;
}

std::optional<std::string_view> short_packets::next() {
  const auto size = length();
  if (!size || left() - length_size_ < *size)
    return std::nullopt;
  const auto message = std::string_view(octets_).substr(at_ + length_size_, *size);
  at_ += length_size_ + *size;
  taken_ += length_size_ + *size;
  return message;
}

bool short_packets::is_over_limit() const noexcept {
  const auto size = length();
  return taken_ > limit_ || (size && *size + length_size_ > limit_ - taken_);
}

bool short_packets::is_tls() const noexcept {
  constexpr char alert = 21;
  constexpr char handshake = 22;
  constexpr char major = 3;
  constexpr char last_minor = 4;
  const auto next = std::string_view(octets_).substr(at_);
  return length_size_ == 2 && next.size() > 2
         && (next[0] == alert || next[0] == handshake) && next[1] == major && next[2] >= 0
         && next[2] <= last_minor;
}

std::optional<std::size_t> short_packets::length() const noexcept {
  if (left() < length_size_)
    return std::nullopt;
  fields next(std::string_view(octets_).substr(at_));
  return length_size_ == 4 ? std::size_t{next.number<std::uint32_t>()}
                           : std::size_t{next.number<std::uint16_t>()};
}

} // namespace websock::runtime::distribution::detail
