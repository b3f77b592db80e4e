// Frames.
#include "bench/load/pattern.hpp"

#include "bench/load/deflate.hpp"

#include <utility>

namespace bench {

namespace {

constexpr std::array<unsigned char, 4> mask = {0xA5, 0x1B, 0xC7, 0x3E};
} // namespace

pattern::pattern(messages what, const settings& how)
    : answers_(std::move(what.answers)), how_(what.how) {
  starts_.push_back(0);
  deflater compress;
  for (const auto& each : what.sent)
    append_frame(how.deflate ? compress.message(each) : each, how.kind, how.deflate);
}

void pattern::append_frame(std::string_view body, payload_kind kind, bool compressed) {
  const auto code = kind == payload_kind::binary ? 0x2 : 0x1;
  ring_ += static_cast<char>(0x80 | (compressed ? 0x40 : 0) | code);
  const auto append_length = [&](std::size_t octets) {
    for (; octets > 0; --octets)
      ring_ += static_cast<char>((body.size() >> (8 * (octets - 1))) & 0xFF);
  };
  if (body.size() < 126) {
    ring_ += static_cast<char>(0x80 | body.size());
  } else if (body.size() < 65'536) {
    ring_ += static_cast<char>(0x80 | 126);
    append_length(2);
  } else {
    ring_ += static_cast<char>(0x80 | 127);
    append_length(8);
  }
  for (const auto octet : mask)
    ring_ += static_cast<char>(octet);
  for (std::size_t i = 0; i < body.size(); ++i)
    ring_ += static_cast<char>(static_cast<unsigned char>(body[i]) ^ mask[i % 4]);
  starts_.push_back(ring_.size());
}

std::array<iovec, 2> pattern::frames(std::uint64_t from, std::size_t offset,
                                     std::uint64_t to) noexcept {
  const auto first = from % count();
  const auto last = (to - 1) % count();
  const auto begin = starts_[first] + offset;
  if (first <= last)
    return {iovec{ring_.data() + begin, starts_[last + 1] - begin}, iovec{nullptr, 0}};
  return {iovec{ring_.data() + begin, ring_.size() - begin},
          iovec{ring_.data(), starts_[last + 1]}};
}

} // namespace bench
