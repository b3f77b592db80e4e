// Values: trees of terms, as deep as the limit and no deeper.
#include "big_endian.hpp"
#include "cursor.hpp"
#include "parts.hpp"
#include "reader.hpp"
#include "writer.hpp"

#include <stdexcept>
#include <utility>
#include <vector>

namespace websock::runtime::etf {

namespace {

void check_depth(const detail::cursor& in, std::size_t depth, std::size_t max) {
  if (depth >= max)
    in.fail("terms are nested deeper than " + std::to_string(max));
}

etf::value bits_in(detail::cursor& in) {
  const auto bits = detail::take_bits(in);
  if (bits.octets.empty())
    return etf::binary{};
  return etf::bit_string{std::string(bits.octets), bits.last_bits};
}

} // namespace

etf::value reader::value_in(detail::cursor& in, std::size_t depth) {
  const auto what = type_of(in.begun().form);
  if (!what)
    detail::fail_unknown(in);
  switch (*what) {
  case type::integer:
    return *detail::take_integer(in);
  case type::big:
    return big_in(in);
  case type::number:
    return detail::take_float(in);
  case type::atom:
    return etf::atom{std::string(atom_in(in))};
  case type::binary:
    return etf::binary{std::string(in.take(in.number<std::uint32_t>()))};
  case type::bit_string:
    return bits_in(in);
  case type::nil:
    return {};
  case type::string:
    return etf::string_list{std::string(in.take(in.number<std::uint16_t>()))};
  case type::list:
    return list_in(in, depth);
  case type::tuple:
    return tuple_in(in, depth);
  case type::map:
    return map_in(in, depth);
  case type::pid:
    return pid_in(in);
  case type::reference:
    return reference_in(in);
  case type::port:
    return port_in(in);
  case type::opaque:
    return opaque_in(in, depth);
  }
  return {};
}

etf::value reader::inner_value(detail::cursor& in, std::size_t depth) {
  const auto outer = in.begun();
  check_depth(in, depth, max_depth_);
  in.begin();
  auto result = value_in(in, depth + 1);
  in.resume(outer);
  return result;
}

etf::value reader::big_in(detail::cursor& in) {
  const auto octets = detail::take_big(in);
  if (const auto number = detail::integer_of(octets))
    return *number;
  return etf::big{octets.is_negative, std::string(octets.magnitude)};
}

etf::value reader::tuple_in(detail::cursor& in, std::size_t depth) {
  const auto arity = arity_of(in, type::tuple);
  std::vector<etf::value> elements;
  elements.reserve(arity);
  while (elements.size() < arity)
    elements.push_back(inner_value(in, depth));
  return etf::tuple{std::move(elements)};
}

// A tail that is a list continues the list, without going deeper.
etf::value reader::list_in(detail::cursor& in, std::size_t depth) {
  std::vector<etf::value> elements;
  do {
    auto left = arity_of(in, type::list);
    if (elements.empty())
      elements.reserve(left);
    for (; left > 0; --left)
      elements.push_back(inner_value(in, depth));
  } while (in.begin() == tag::list);
  if (in.begun().form != tag::string) {
    check_depth(in, depth, max_depth_);
    return etf::improper_list{std::move(elements), value_in(in, depth + 1)};
  }
  const auto octets = in.take(in.number<std::uint16_t>());
  charge(in, octets.size());
  for (const auto each : octets)
    elements.emplace_back(static_cast<std::uint8_t>(each));
  return etf::list{std::move(elements)};
}

etf::value reader::map_in(detail::cursor& in, std::size_t depth) {
  const auto count = arity_of(in, type::map);
  etf::map found;
  found.pairs.reserve(count);
  while (found.pairs.size() < count) {
    auto key = inner_value(in, depth);
    found.pairs.emplace_back(std::move(key), inner_value(in, depth));
  }
  try {
    return found;
  } catch (const std::invalid_argument& two_equal_keys) {
    in.fail(two_equal_keys.what());
  }
}

// Without a cache the octets mean the same everywhere. With one, they are written again,
// so that no atom refers to this header.
etf::value reader::opaque_in(detail::cursor& in, std::size_t depth) {
  constexpr std::size_t function_head = 1 + 4 + 1 + 16 + 4 + 4;
  const auto start = in.begun();
  auto behind = in;
  detail::skip_term(behind, cache_, max_depth_ - depth);
  if (cache_ == nullptr) {
    in = behind;
    return opaque{std::string(in.since(start.position))};
  }
  const bool is_export = start.form == tag::exported_fun;
  static_cast<void>(in.take(is_export ? 0 : function_head - 1));
  std::string octets(in.since(start.position));
  writer out(octets);
  while (in.position() < behind.position())
    out.value(inner_value(in, depth));
  if (!is_export)
    octets.replace(1, 4,
                   std::string_view(detail::big_endian(
                       static_cast<std::uint32_t>(octets.size() - 1))));
  return opaque{std::move(octets)};
}

} // namespace websock::runtime::etf
