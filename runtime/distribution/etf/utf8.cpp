#include "utf8.hpp"

#include <cstring>

namespace websock::runtime::etf::detail {

namespace {

struct lead {
  std::size_t octets;   // of the whole character
  std::uint32_t bits;   // of the first one
  std::uint32_t lowest; // what fewer octets can't hold
};

std::optional<lead> lead_of(unsigned char first) noexcept {
  if (first < 0x80U)
    return lead{1, first, 0};
  if (first >= 0xC2U && first < 0xE0U)
    return lead{2, first & 0x1FU, 0x80};
  if (first >= 0xE0U && first < 0xF0U)
    return lead{3, first & 0x0FU, 0x800};
  if (first >= 0xF0U && first < 0xF5U)
    return lead{4, first & 0x07U, 0x10000};
  return std::nullopt;
}

bool is_scalar(std::uint32_t code) noexcept {
  return code <= 0x10FFFFU && (code < 0xD800U || code > 0xDFFFU);
}

} // namespace

bool is_ascii(std::string_view text) noexcept {
  constexpr std::uint64_t high_bits = 0x8080808080808080U;
  while (text.size() >= sizeof high_bits) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data(), sizeof word);
    if ((word & high_bits) != 0)
      return false;
    text.remove_prefix(sizeof word);
  }
  for (const auto each : text)
    if ((static_cast<unsigned char>(each) & 0x80U) != 0)
      return false;
  return true;
}

std::optional<character> first_character(std::string_view text) noexcept {
  const auto start = lead_of(static_cast<unsigned char>(text.front()));
  if (!start || start->octets > text.size())
    return std::nullopt;
  auto code = start->bits;
  for (const auto each : text.substr(1, start->octets - 1)) {
    const auto octet = static_cast<unsigned char>(each);
    if ((octet & 0xC0U) != 0x80U)
      return std::nullopt;
    code = code << 6U | (octet & 0x3FU);
  }
  if (code < start->lowest || !is_scalar(code))
    return std::nullopt;
  return character{code, start->octets};
}

std::optional<std::size_t> count_characters(std::string_view text) noexcept {
  if (is_ascii(text))
    return text.size();
  std::size_t count = 0;
  for (; !text.empty(); ++count) {
    const auto next = first_character(text);
    if (!next)
      return std::nullopt;
    text.remove_prefix(next->octets);
  }
  return count;
}

std::string from_latin1(std::string_view text) {
  std::string out;
  out.reserve(2 * text.size());
  for (const auto each : text) {
    const auto code = static_cast<unsigned char>(each);
    if (code < 0x80U) {
      out += each;
    } else {
      out += static_cast<char>(0xC0U | code >> 6U);
      out += static_cast<char>(0x80U | (code & 0x3FU));
    }
  }
  return out;
}

} // namespace websock::runtime::etf::detail
