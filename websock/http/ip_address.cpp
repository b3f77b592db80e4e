// Parses and formats IPv4 and IPv6 addresses.
#include "websock/http/ip_address.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>

namespace websock::http {

namespace {

constexpr std::size_t groups = 8;

/// A number of at most `digits` digits without a sign.
[[nodiscard]] std::optional<std::uint16_t> number(std::string_view text, int base,
                                                  std::size_t digits) noexcept {
  std::uint16_t value = 0;
  if (text.empty() || text.size() > digits)
    return std::nullopt;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, base);
  if (error != std::errc{} || stop != end)
    return std::nullopt;
  return value;
}

/// RFC 4291 §2.2: the last two groups may be written as IPv4.
enum class tail : bool { groups_only, or_ipv4 };

/// The groups on one side of "::".
struct side {
  std::array<std::uint16_t, groups> values{};
  std::size_t count = 0;

  [[nodiscard]] bool add(std::uint16_t value) noexcept {
    if (count == groups)
      return false;
    values[count++] = value;
    return true;
  }
  /// False when the text is malformed.
  [[nodiscard]] bool parse(std::string_view text, tail end) noexcept {
    while (!text.empty()) {
      const auto colon = std::min(text.find(':'), text.size());
      const auto group = text.substr(0, colon);
      const bool is_ipv4 = end == tail::or_ipv4 && colon == text.size()
                           && group.find('.') != std::string_view::npos;
      if (!(is_ipv4 ? add_ipv4(group) : add_group(group)))
        return false;
      if (colon + 1 == text.size())
        return false; // a single colon at the end
      text.remove_prefix(std::min(colon + 1, text.size()));
    }
    return true;
  }
  [[nodiscard]] bool add_group(std::string_view text) noexcept {
    const auto value = number(text, 16, 4);
    return value && add(*value);
  }
  [[nodiscard]] bool add_ipv4(std::string_view text) noexcept {
    const auto octets = parse_ipv4(text);
    return octets && add(static_cast<std::uint16_t>((*octets)[0] << 8U | (*octets)[1]))
           && add(static_cast<std::uint16_t>((*octets)[2] << 8U | (*octets)[3]));
  }
};

/// RFC 5952 §4.2: the longest run of at least two zero groups; the first of several.
struct zero_run {
  std::size_t begin = groups;
  std::size_t size = 1;
};

[[nodiscard]] zero_run
longest_zero_run(const std::array<std::uint16_t, groups>& groups_of_address) {
  zero_run best;
  for (std::size_t i = 0; i < groups; ++i) {
    std::size_t end = i;
    while (end < groups && groups_of_address[end] == 0)
      ++end;
    if (end - i > best.size)
      best = {i, end - i};
  }
  return best;
}

[[nodiscard]] std::string hexadecimal(std::uint16_t value) {
  std::array<char, 4> text{};
  const auto [end, error] =
      std::to_chars(text.data(), text.data() + text.size(), value, 16);
  return {text.data(), end};
}

} // namespace

std::optional<ipv4_octets> parse_ipv4(std::string_view text) noexcept {
  ipv4_octets octets{};
  for (std::size_t i = 0; i < octets.size(); ++i) {
    const auto dot = std::min(text.find('.'), text.size());
    const auto part = text.substr(0, dot);
    const auto value = number(part, 10, 3);
    const bool has_next = dot < text.size();
    if (!value || *value > 255 || (part.size() > 1 && part.front() == '0')
        || has_next != (i + 1 < octets.size()))
      return std::nullopt;
    octets[i] = static_cast<std::uint8_t>(*value);
    text.remove_prefix(std::min(dot + 1, text.size()));
  }
  return octets;
}

std::optional<ipv6_octets> parse_ipv6(std::string_view text) noexcept {
  const auto gap = text.find("::");
  const bool has_gap = gap != std::string_view::npos;
  side front;
  side back;
  if (!front.parse(text.substr(0, gap), has_gap ? tail::groups_only : tail::or_ipv4)
      || (has_gap && !back.parse(text.substr(gap + 2), tail::or_ipv4)))
    return std::nullopt;
  const auto count = front.count + back.count;
  if (has_gap ? count >= groups : count != groups)
    return std::nullopt;
  auto all = front.values;
  std::copy_n(back.values.begin(), back.count,
              all.end() - static_cast<std::ptrdiff_t>(back.count));
  ipv6_octets octets{};
  for (std::size_t i = 0; i < groups; ++i) {
    octets[2 * i] = static_cast<std::uint8_t>(all[i] >> 8U);
    octets[2 * i + 1] = static_cast<std::uint8_t>(all[i] & 0xFFU);
  }
  return octets;
}

std::string to_text(const ipv4_octets& address) {
  std::string text = std::to_string(address[0]);
  for (std::size_t i = 1; i < address.size(); ++i)
    text.append(1, '.').append(std::to_string(address[i]));
  return text;
}

std::string to_text(const ipv6_octets& address) {
  constexpr ipv6_octets mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  if (std::equal(address.begin(), address.begin() + 12, mapped.begin()))
    return to_text(ipv4_octets{address[12], address[13], address[14], address[15]});
  std::array<std::uint16_t, groups> all{};
  for (std::size_t i = 0; i < groups; ++i)
    all[i] = static_cast<std::uint16_t>(address[2 * i] << 8U | address[2 * i + 1]);
  const auto zeros = longest_zero_run(all);
  std::string text;
  for (std::size_t i = 0; i < groups; ++i) {
    if (i == zeros.begin) {
      text += "::";
      i += zeros.size - 1;
    } else {
      if (!text.empty() && text.back() != ':')
        text += ':';
      text += hexadecimal(all[i]);
    }
  }
  return text;
}

std::string to_text(const ipv4_octets& address, std::uint16_t port) {
  return to_text(address) + ":" + std::to_string(port);
}

std::string to_text(const ipv6_octets& address, std::uint16_t port) {
  const auto text = to_text(address);
  const bool is_v6 = text.find(':') != std::string::npos;
  return (is_v6 ? "[" + text + "]" : text) + ":" + std::to_string(port);
}

} // namespace websock::http
