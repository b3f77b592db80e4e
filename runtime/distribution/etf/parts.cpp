#include "parts.hpp"

#include "atom.hpp"
#include "reference.hpp"
#include "utf8.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>
#include <string>

namespace websock::runtime::etf::detail {

namespace {

std::string_view take_utf8(cursor& in, std::size_t octets) {
  const auto name = in.take(octets);
  const auto characters = count_characters(name);
  if (!characters)
    in.fail("an atom is not UTF-8");
  if (*characters > atom::max_characters)
    in.fail("an atom has " + std::to_string(*characters)
            + " characters, of which at most 255 are allowed");
  return name;
}

std::string_view take_latin1(cursor& in, std::size_t octets) {
  if (octets > atom::max_characters)
    in.fail("an atom has " + std::to_string(octets)
            + " characters, of which at most 255 are allowed");
  return in.take(octets);
}

std::string_view take_cached(cursor& in, const atom_table* cache) {
  const auto index = in.number<std::uint8_t>();
  if (cache == nullptr)
    in.fail("an atom refers to a distribution header, and there is none");
  const auto name = cache->find(index);
  if (!name)
    in.fail("an atom refers to entry " + std::to_string(index)
            + ", which the distribution header does not have");
  return *name;
}

// FLOAT_EXT: 31 octets, text and then zeros.
double take_old_float(cursor& in) {
  auto text = in.take(31);
  text = text.substr(0, text.find('\0'));
  double result = 0;
  const auto* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, result);
  if (parsed.ec != std::errc() || parsed.ptr != end || !std::isfinite(result))
    in.fail("the text of a float is no number");
  return result;
}

} // namespace

atom_octets take_atom(cursor& in, const atom_table* cache) {
  switch (in.begun().form) {
  case tag::small_utf8_atom:
    return {take_utf8(in, in.number<std::uint8_t>()), charset::utf8};
  case tag::utf8_atom:
    return {take_utf8(in, in.number<std::uint16_t>()), charset::utf8};
  case tag::atom_cache_ref:
    return {take_cached(in, cache), charset::utf8};
  case tag::small_latin1_atom:
    return {take_latin1(in, in.number<std::uint8_t>()), charset::latin1};
  case tag::latin1_atom:
    return {take_latin1(in, in.number<std::uint16_t>()), charset::latin1};
  default:
    in.fail_instead_of(type::atom);
  }
}

big_octets take_big(cursor& in) {
  const std::size_t count = in.begun().form == tag::small_big
                                ? in.number<std::uint8_t>()
                                : in.number<std::uint32_t>();
  const bool is_negative = in.number<std::uint8_t>() != 0;
  const auto octets = in.take(count);
  const auto last = octets.find_last_not_of('\0');
  return {is_negative, octets.substr(0, last == octets.npos ? 0 : last + 1)};
}

std::optional<std::uint64_t> magnitude_of(const big_octets& number) noexcept {
  if (number.magnitude.size() > sizeof(std::uint64_t))
    return std::nullopt;
  std::uint64_t result = 0;
  for (auto each = number.magnitude.rbegin(); each != number.magnitude.rend(); ++each)
    result = result << 8U | static_cast<std::uint8_t>(*each);
  return result;
}

std::optional<std::int64_t> integer_of(const big_octets& number) noexcept {
  const auto magnitude = magnitude_of(number);
  constexpr auto max = std::uint64_t{std::numeric_limits<std::int64_t>::max()};
  if (!magnitude || *magnitude > max + (number.is_negative ? 1 : 0))
    return std::nullopt;
  return static_cast<std::int64_t>(number.is_negative ? 0 - *magnitude : *magnitude);
}

std::optional<std::int64_t> take_integer(cursor& in) {
  switch (in.begun().form) {
  case tag::small_integer:
    return in.number<std::uint8_t>();
  case tag::integer:
    return static_cast<std::int32_t>(in.number<std::uint32_t>());
  case tag::small_big:
  case tag::large_big:
    return integer_of(take_big(in));
  default:
    in.fail_instead_of(type::integer);
  }
}

double take_float(cursor& in) {
  if (in.begun().form == tag::old_float)
    return take_old_float(in);
  const auto result = std::bit_cast<double>(in.number<std::uint64_t>());
  if (!std::isfinite(result))
    in.fail("a float is infinite or no number");
  return result;
}

bits_octets take_bits(cursor& in) {
  const auto count = in.number<std::uint32_t>();
  const auto last_bits = in.number<std::uint8_t>();
  if (last_bits > 8 || (last_bits == 0) != (count == 0))
    in.fail("a bit string of " + std::to_string(count) + " octets has "
            + std::to_string(last_bits) + " bits in the last one");
  return {in.take(count), last_bits};
}

std::size_t take_arity(cursor& in) {
  if (in.begun().form == tag::small_tuple)
    return in.require(in.number<std::uint8_t>());
  const std::uint64_t count = in.number<std::uint32_t>();
  if (in.begun().form == tag::map)
    return in.require(2 * count) / 2;
  const auto with_tail = in.begun().form == tag::list ? count + 1 : count;
  static_cast<void>(in.require(with_tail));
  return static_cast<std::size_t>(count);
}

std::uint8_t take_word_count(cursor& in) {
  const auto count = in.number<std::uint16_t>();
  if (count == 0 || count > reference::max_words)
    in.fail("a reference has " + std::to_string(count) + " words instead of 1 to 5");
  return static_cast<std::uint8_t>(count);
}

} // namespace websock::runtime::etf::detail
