// Parses the PROXY protocol, versions 1 and 2.
#include "websock/http/proxy_header.hpp"

#include "websock/http/ip_address.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

namespace websock::http {

namespace {

using parsed = std::variant<proxy_header_state, proxy_header>;
using state = proxy_header_state;

// §2.1: the longest line of version 1, including its CRLF.
constexpr std::size_t longest_line = 107;
constexpr std::string_view line_start = "PROXY ";
// §2.2
constexpr std::string_view signature("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr std::size_t fixed_size = 16;

[[nodiscard]] std::string_view take_word(std::string_view& line) noexcept {
  const auto space = std::min(line.find(' '), line.size());
  const auto word = line.substr(0, space);
  line.remove_prefix(std::min(space + 1, line.size()));
  return word;
}

[[nodiscard]] std::optional<std::uint16_t> parse_port(std::string_view text) noexcept {
  std::uint16_t port = 0;
  if (text.empty() || (text.size() > 1 && text.front() == '0'))
    return std::nullopt;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, port);
  if (error != std::errc{} || stop != end)
    return std::nullopt;
  return port;
}

/// "<source> <destination> <source port> <destination port>"
template <class Parse>
[[nodiscard]] std::optional<std::string> parse_ends(std::string_view text, Parse parse) {
  if (text.ends_with(' '))
    return std::nullopt;
  const auto source = parse(take_word(text));
  const auto destination = parse(take_word(text));
  const auto source_port = parse_port(take_word(text));
  const auto destination_port = parse_port(take_word(text));
  if (!source || !destination || !source_port || !destination_port || !text.empty())
    return std::nullopt;
  return to_text(*source, *source_port);
}

[[nodiscard]] parsed parse_line(std::string_view line) {
  const auto size = line.size() + 2;
  line.remove_prefix(line_start.size());
  const auto family = take_word(line);
  if (family == "UNKNOWN") // the rest must be ignored
    return proxy_header{size, {}};
  std::optional<std::string> source;
  if (family == "TCP4")
    source = parse_ends(line, parse_ipv4);
  else if (family == "TCP6")
    source = parse_ends(line, parse_ipv6);
  if (!source)
    return state::malformed;
  return proxy_header{size, std::move(*source)};
}

[[nodiscard]] parsed parse_v1(std::string_view bytes) {
  const auto line = bytes.substr(0, longest_line);
  const auto end = line.find("\r\n");
  if (end != std::string_view::npos)
    return parse_line(line.substr(0, end));
  return line.size() == longest_line ? state::malformed : state::incomplete;
}

[[nodiscard]] std::uint8_t octet(std::string_view bytes, std::size_t position) noexcept {
  return static_cast<std::uint8_t>(bytes[position]);
}

[[nodiscard]] std::uint16_t big_endian(std::string_view bytes,
                                       std::size_t position) noexcept {
  return static_cast<std::uint16_t>(octet(bytes, position) << 8U
                                    | octet(bytes, position + 1));
}

/// Two addresses and two ports, source first.
template <class Octets>
[[nodiscard]] std::string source_of(std::string_view addresses) {
  Octets source{};
  for (std::size_t i = 0; i < source.size(); ++i)
    source[i] = octet(addresses, i);
  return to_text(source, big_endian(addresses, 2 * source.size()));
}

/// How a version 2 header identifies the two ends.
struct family {
  std::uint8_t code;
  std::size_t size;
  std::string (*source)(std::string_view); // null: none that could be a peer here
};

constexpr family families[]{
    {0x00, 0, nullptr}, // unspecified
    {0x11, 12, source_of<ipv4_octets>},
    {0x12, 12, nullptr}, // datagrams
    {0x21, 36, source_of<ipv6_octets>},
    {0x22, 36, nullptr},
    {0x31, 216, nullptr}, // Unix sockets
    {0x32, 216, nullptr},
};

[[nodiscard]] parsed parse_v2(std::string_view bytes, std::size_t limit) {
  if (bytes.size() < fixed_size)
    return state::incomplete;
  const auto command = octet(bytes, 12);
  const auto code = octet(bytes, 13);
  const std::size_t length = big_endian(bytes, 14);
  constexpr std::uint8_t local = 0x20; // a health check of the proxy itself
  constexpr std::uint8_t proxied = 0x21;
  const auto* const found = std::find_if(std::begin(families), std::end(families),
                                         [&](const auto& f) { return f.code == code; });
  if ((command != local && command != proxied) || length > limit - fixed_size)
    return state::malformed;
  if (command == proxied && (found == std::end(families) || length < found->size))
    return state::malformed;
  if (bytes.size() - fixed_size < length)
    return state::incomplete;
  proxy_header header{fixed_size + length, {}};
  if (command == proxied && found->source != nullptr)
    header.source = found->source(bytes.substr(fixed_size));
  return header;
}

[[nodiscard]] bool begins_like(std::string_view bytes, std::string_view mark) noexcept {
  const auto size = std::min(bytes.size(), mark.size());
  return bytes.substr(0, size) == mark.substr(0, size);
}

} // namespace

parsed parse_proxy_header(std::string_view bytes, std::size_t limit) {
  if (bytes.empty())
    return state::incomplete;
  if (begins_like(bytes, line_start))
    return bytes.size() < line_start.size() ? state::incomplete : parse_v1(bytes);
  if (begins_like(bytes, signature))
    return parse_v2(bytes, limit);
  return state::malformed;
}

} // namespace websock::http
