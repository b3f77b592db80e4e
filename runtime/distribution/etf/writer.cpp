#include "writer.hpp"

#include "big_endian.hpp"
#include "tag.hpp"
#include "utf8.hpp"

#include <bit>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace websock::runtime::etf {

namespace {

using detail::big_endian;

constexpr std::size_t max_octet = 255;

void append(std::string& out, tag form) {
  out += static_cast<char>(form);
}

template <std::unsigned_integral T>
void append(std::string& out, tag form, T number) {
  append(out, form);
  out += std::string_view(big_endian(number));
}

template <std::unsigned_integral T>
void append(std::string& out, T number) {
  out += std::string_view(big_endian(number));
}

[[nodiscard]] std::uint32_t length(std::size_t count, const char* what) {
  if (count > std::numeric_limits<std::uint32_t>::max())
    throw std::length_error(std::string("external term format: ") + what
                            + " beyond 2^32 elements");
  return static_cast<std::uint32_t>(count);
}

void append_big(std::string& out, bool is_negative, std::string_view magnitude) {
  const auto count = length(magnitude.size(), "an integer");
  if (count <= max_octet)
    append(out, tag::small_big, static_cast<std::uint8_t>(count));
  else
    append(out, tag::large_big, count);
  append(out, static_cast<std::uint8_t>(is_negative ? 1 : 0));
  out += magnitude;
}

void append_long(std::string& out, bool is_negative, std::uint64_t magnitude) {
  std::string octets;
  for (; magnitude != 0; magnitude >>= 8U)
    octets += static_cast<char>(magnitude & 0xFFU);
  append_big(out, is_negative, octets);
}

void check_name(std::string_view name) {
  const auto characters = detail::count_characters(name);
  if (!characters)
    throw std::invalid_argument("external term format: an atom is not UTF-8");
  if (*characters > atom::max_characters)
    throw std::invalid_argument("external term format: an atom has "
                                + std::to_string(*characters)
                                + " characters, of which at most 255 are allowed");
}

void append_name(std::string& out, std::string_view name) {
  if (name.size() <= max_octet)
    append(out, tag::small_utf8_atom, static_cast<std::uint8_t>(name.size()));
  else
    append(out, tag::utf8_atom, static_cast<std::uint16_t>(name.size()));
  out += name;
}

} // namespace

void writer::version() {
  *out_ += static_cast<char>(version_octet);
}

void writer::atom(std::string_view name) {
  check_name(name);
  append_name(*out_, name);
}

void writer::integer(std::int64_t number) {
  if (number >= 0 && number <= std::int64_t{max_octet})
    return append(*out_, tag::small_integer, static_cast<std::uint8_t>(number));
  using word = std::numeric_limits<std::int32_t>;
  if (number >= word::min() && number <= word::max())
    return append(*out_, tag::integer, static_cast<std::uint32_t>(number));
  const auto bits = static_cast<std::uint64_t>(number);
  append_long(*out_, number < 0, number < 0 ? 0 - bits : bits);
}

void writer::unsigned_integer(std::uint64_t number) {
  if (number <= std::uint64_t{std::numeric_limits<std::int64_t>::max()})
    return integer(static_cast<std::int64_t>(number));
  append_long(*out_, false, number);
}

void writer::big(const etf::big& number) {
  append_big(*out_, number.is_negative, number.magnitude);
}

void writer::number(double number) {
  if (!std::isfinite(number))
    throw std::invalid_argument(
        "external term format: Erlang has no infinite float, and no NaN");
  append(*out_, tag::new_float, std::bit_cast<std::uint64_t>(number));
}

void writer::binary(std::string_view octets) {
  append(*out_, tag::binary, length(octets.size(), "a binary"));
  *out_ += octets;
}

void writer::bit_string(std::string_view octets, std::uint8_t last_bits) {
  if (octets.empty() || last_bits == 0 || last_bits > 8)
    throw std::invalid_argument(
        "external term format: a bit string has no octet of 1 to 8 bits at its end");
  append(*out_, tag::bit_binary, length(octets.size(), "a bit string"));
  append(*out_, last_bits);
  *out_ += octets;
}

void writer::string_list(std::string_view octets) {
  if (octets.empty())
    return nil();
  if (octets.size() <= std::numeric_limits<std::uint16_t>::max()) {
    append(*out_, tag::string, static_cast<std::uint16_t>(octets.size()));
    *out_ += octets;
    return;
  }
  list(octets.size());
  for (const auto each : octets)
    append(*out_, tag::small_integer, static_cast<std::uint8_t>(each));
  nil();
}

void writer::tuple(std::size_t arity) {
  if (arity <= max_octet)
    append(*out_, tag::small_tuple, static_cast<std::uint8_t>(arity));
  else
    append(*out_, tag::large_tuple, length(arity, "a tuple"));
}

void writer::list(std::size_t count) {
  if (count > 0)
    append(*out_, tag::list, length(count, "a list"));
}

void writer::nil() {
  append(*out_, tag::nil);
}

void writer::map(std::size_t pairs) {
  append(*out_, tag::map, length(pairs, "a map"));
}

void writer::pid(const etf::pid& process) {
  check_name(process.node.name);
  append(*out_, tag::new_pid);
  append_name(*out_, process.node.name);
  append(*out_, process.id);
  append(*out_, process.serial);
  append(*out_, process.creation);
}

void writer::reference(const etf::reference& reference) {
  const auto words = reference.used();
  if (words.empty() || reference.count > etf::reference::max_words)
    throw std::invalid_argument("external term format: a reference has "
                                + std::to_string(reference.count)
                                + " words instead of 1 to 5");
  check_name(reference.node.name);
  append(*out_, tag::newer_reference, static_cast<std::uint16_t>(words.size()));
  append_name(*out_, reference.node.name);
  append(*out_, reference.creation);
  for (const auto each : words)
    append(*out_, each);
}

void writer::port(const etf::port& port) {
  constexpr auto max_new_port = std::uint64_t{1} << 28U; // 28 bits are significant
  const bool is_short = port.id < max_new_port;
  check_name(port.node.name);
  append(*out_, is_short ? tag::new_port : tag::v4_port);
  append_name(*out_, port.node.name);
  if (is_short)
    append(*out_, static_cast<std::uint32_t>(port.id));
  else
    append(*out_, port.id);
  append(*out_, port.creation);
}

void writer::raw(std::string_view terms) {
  *out_ += terms;
}

} // namespace websock::runtime::etf
