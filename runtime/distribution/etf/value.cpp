#include "value.hpp"

#include "parts.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace websock::runtime::etf {

namespace {

template <class T>
detail::shared<T> share(T content, std::size_t depth = 0) {
  if (depth > value::max_depth)
    throw std::length_error("external term format: a value is nested deeper than "
                            + std::to_string(value::max_depth));
  return std::make_shared<const detail::held<T>>(
      detail::held<T>{std::move(content), depth});
}

std::size_t depth_of(std::span<const value> elements) noexcept {
  std::size_t deepest = 0;
  for (const auto& each : elements)
    deepest = std::max(deepest, each.depth());
  return elements.empty() ? 0 : deepest + 1;
}

std::size_t depth_of(const map& found) noexcept {
  std::size_t deepest = 0;
  for (const auto& [key, mapped] : found.pairs)
    deepest = std::max({deepest, key.depth(), mapped.depth()});
  return found.pairs.empty() ? 0 : deepest + 1;
}

bool is_octet(const value& element) noexcept {
  const auto* number = element.get_if<std::int64_t>();
  return number != nullptr && *number >= 0 && *number <= 255;
}

std::string octets_of(const std::vector<value>& elements) {
  std::string octets;
  octets.reserve(elements.size());
  for (const auto& each : elements)
    octets += static_cast<char>(*each.get_if<std::int64_t>());
  return octets;
}

// The elements of a tail that is a list come behind those before it.
void append_tail(std::vector<value>& elements, const value& tail) {
  const auto more = tail.elements();
  elements.insert(elements.end(), more.begin(), more.end());
  if (const auto* octets = tail.get_if<string_list>())
    for (const auto each : octets->octets)
      elements.emplace_back(static_cast<std::uint8_t>(each));
}

template <class T>
std::strong_ordering order(const T& a, const T& b) {
  return a <=> b;
}

std::strong_ordering order(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) <=> std::bit_cast<std::uint64_t>(b);
}

std::strong_ordering order(const std::vector<value>& a, const std::vector<value>& b) {
  if (a.size() != b.size())
    return a.size() <=> b.size();
  for (std::size_t i = 0; i < a.size(); ++i)
    if (const auto found = a[i] <=> b[i]; found != 0)
      return found;
  return std::strong_ordering::equal;
}

std::strong_ordering order(const list& a, const list& b) {
  return order(a.elements, b.elements);
}

std::strong_ordering order(const tuple& a, const tuple& b) {
  return order(a.elements, b.elements);
}

std::strong_ordering order(const improper_list& a, const improper_list& b) {
  const auto found = order(a.elements, b.elements);
  return found != 0 ? found : a.tail <=> b.tail;
}

std::strong_ordering order(const map& a, const map& b) {
  if (a.pairs.size() != b.pairs.size())
    return a.pairs.size() <=> b.pairs.size();
  for (std::size_t i = 0; i < a.pairs.size(); ++i) {
    if (const auto found = a.pairs[i].first <=> b.pairs[i].first; found != 0)
      return found;
    if (const auto found = a.pairs[i].second <=> b.pairs[i].second; found != 0)
      return found;
  }
  return std::strong_ordering::equal;
}

} // namespace

value value::from_unsigned(std::uint64_t number) {
  if (number <= std::uint64_t{std::numeric_limits<std::int64_t>::max()})
    return static_cast<std::int64_t>(number);
  std::string magnitude;
  for (; number != 0; number >>= 8U)
    magnitude += static_cast<char>(number & 0xFFU);
  return etf::big{false, std::move(magnitude)};
}

value::value(double number) : content_(number) {
  if (!std::isfinite(number))
    throw std::invalid_argument(
        "external term format: Erlang has no infinite float, and no NaN");
}

value::value(etf::big number) {
  number.magnitude.resize(number.magnitude.find_last_not_of('\0') + 1);
  if (const auto fits = detail::integer_of({number.is_negative, number.magnitude}))
    content_ = *fits;
  else
    content_ = share(std::move(number));
}

value::value(etf::bit_string bits) {
  if (bits.octets.empty() || bits.last_bits == 0 || bits.last_bits > 8)
    throw std::invalid_argument(
        "external term format: a bit string has no octet of 1 to 8 bits at its end");
  if (bits.last_bits == 8) {
    content_ = share(etf::binary{std::move(bits.octets)});
    return;
  }
  const auto last = static_cast<std::uint8_t>(bits.octets.back());
  bits.octets.back() = static_cast<char>(last & (0xFFU << (8U - bits.last_bits)));
  content_ = share(std::move(bits));
}

value::value(etf::string_list octets) {
  if (!octets.octets.empty())
    content_ = share(std::move(octets));
}

value::value(etf::list found) {
  const auto& elements = found.elements;
  if (elements.empty())
    return;
  if (std::all_of(elements.begin(), elements.end(), is_octet)) {
    content_ = share(etf::string_list{octets_of(elements)});
    return;
  }
  const auto depth = depth_of(elements);
  content_ = share(std::move(found), depth);
}

value::value(etf::improper_list found) {
  auto& [elements, tail] = found;
  if (elements.empty()) {
    *this = std::move(tail);
  } else if (tail.is<etf::list>() || tail.is<etf::string_list>()) {
    append_tail(elements, tail);
    *this = etf::list{std::move(elements)};
  } else if (const auto* more = tail.get_if<etf::improper_list>()) {
    append_tail(elements, tail);
    *this = etf::improper_list{std::move(elements), more->tail};
  } else {
    const auto depth = std::max(depth_of(elements), tail.depth() + 1);
    content_ = share(std::move(found), depth);
  }
}

value::value(etf::tuple found) {
  const auto depth = depth_of(found.elements);
  content_ = share(std::move(found), depth);
}

value::value(etf::map found) {
  const auto by_key = [](const auto& a, const auto& b) { return a.first < b.first; };
  if (!std::is_sorted(found.pairs.begin(), found.pairs.end(), by_key))
    std::sort(found.pairs.begin(), found.pairs.end(), by_key);
  const auto same_key = [](const auto& a, const auto& b) { return a.first == b.first; };
  if (std::adjacent_find(found.pairs.begin(), found.pairs.end(), same_key)
      != found.pairs.end())
    throw std::invalid_argument("two keys of a map are equal");
  const auto depth = depth_of(found);
  content_ = share(std::move(found), depth);
}

value::value(etf::atom name) : content_(share(std::move(name))) {
}
value::value(etf::binary octets) : content_(share(std::move(octets))) {
}
value::value(etf::pid process) : content_(share(std::move(process))) {
}
value::value(etf::reference reference) : content_(share(std::move(reference))) {
}
value::value(etf::port port) : content_(share(std::move(port))) {
}
value::value(etf::opaque term) : content_(share(std::move(term))) {
}

bool value::is_atom(std::string_view name) const noexcept {
  const auto* found = get_if<etf::atom>();
  return found != nullptr && found->name == name;
}

bool value::is_tagged(std::string_view tag, std::size_t arity) const noexcept {
  const auto* found = get_if<etf::tuple>();
  return found != nullptr && arity > 0 && found->elements.size() == arity
         && found->elements.front().is_atom(tag);
}

std::span<const value> value::elements() const noexcept {
  if (const auto* found = get_if<etf::tuple>())
    return found->elements;
  if (const auto* found = get_if<etf::list>())
    return found->elements;
  if (const auto* found = get_if<etf::improper_list>())
    return found->elements;
  return {};
}

const value* value::find(const value& key) const {
  const auto* found = get_if<etf::map>();
  if (found == nullptr)
    return nullptr;
  const auto at = std::lower_bound(
      found->pairs.begin(), found->pairs.end(), key,
      [](const auto& pair, const value& wanted) { return pair.first < wanted; });
  return at != found->pairs.end() && at->first == key ? &at->second : nullptr;
}

std::size_t value::depth() const noexcept {
  return std::visit(
      [](const auto& found) -> std::size_t {
        if constexpr (requires { found->depth; })
          return found->depth;
        else
          return 0;
      },
      content_);
}

std::strong_ordering operator<=>(const value& a, const value& b) {
  if (a.content_.index() != b.content_.index())
    return a.content_.index() <=> b.content_.index();
  return std::visit(
      [&b](const auto& mine) -> std::strong_ordering {
        using form = std::remove_cvref_t<decltype(mine)>;
        const auto& theirs = *std::get_if<form>(&b.content_);
        if constexpr (std::is_same_v<form, std::monostate>)
          return std::strong_ordering::equal;
        else if constexpr (std::is_arithmetic_v<form>)
          return order(mine, theirs);
        else
          return mine == theirs ? std::strong_ordering::equal
                                : order(mine->content, theirs->content);
      },
      a.content_);
}

} // namespace websock::runtime::etf
