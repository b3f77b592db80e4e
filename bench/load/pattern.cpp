// Payloads and their frames.
#include "bench/load/pattern.hpp"

#include "bench/load/deflate.hpp"

#include <algorithm>
#include <stdexcept>

namespace bench {

namespace {

constexpr std::array<unsigned char, 4> mask = {0xA5, 0x1B, 0xC7, 0x3E};
constexpr std::size_t digits = 6; // at the begin of a payload: its number

[[nodiscard]] std::size_t count_for(const settings& wanted) {
  constexpr std::size_t octets = 32'768; // of all frames together: they stay in the cache
  const auto fitting = std::min<std::size_t>(octets / (wanted.size + 8), 256);
  return std::max<std::size_t>(wanted.depth + 2, fitting);
}

[[nodiscard]] std::string number_text(std::size_t number) {
  auto text = std::to_string(number);
  return std::string(digits - std::min(digits, text.size()), '0') + text;
}

/// What a feed sends: compressible, and no two are the same.
void append_json(std::string& text, std::size_t size, std::uint32_t seed) {
  text += R"({"type":"said","room":"lobby","items":[)";
  while (text.size() < size) {
    seed = seed * 1'664'525U + 1'013'904'223U;
    text += R"({"id":)" + std::to_string(seed >> 12U) + R"(,"nick":"user)"
            + std::to_string(seed >> 24U) + R"(","online":true,"score":)"
            + std::to_string(seed % 1'000U) + "},";
  }
}

[[nodiscard]] std::string make_payload(const settings& wanted, std::size_t number) {
  auto text = number_text(number);
  if (wanted.kind == payload_kind::json)
    append_json(text, wanted.size, static_cast<std::uint32_t>(number));
  const auto last = wanted.kind == payload_kind::binary ? 256U : 95U;
  const auto first = wanted.kind == payload_kind::binary ? 0U : 32U;
  for (auto value = static_cast<unsigned>(number); text.size() < wanted.size;)
    text += static_cast<char>(first + (value = value * 29U + 7U) % last);
  if (wanted.size < text.size()) // keeps the digits that differ
    text = wanted.size < digits ? text.substr(digits - wanted.size, wanted.size)
                                : text.substr(0, wanted.size);
  return text;
}

} // namespace

pattern::pattern(const settings& wanted) {
  const auto count = count_for(wanted);
  starts_.push_back(0);
  deflater compress;
  for (std::size_t number = 0; number < count; ++number) {
    payloads_.push_back(make_payload(wanted, number));
    const auto& payload = payloads_.back();
    append_frame(wanted.deflate ? compress.message(payload) : payload, wanted.kind,
                 wanted.deflate);
  }
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
