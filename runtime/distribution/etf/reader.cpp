#include "reader.hpp"

#include "cursor.hpp"
#include "parts.hpp"
#include "utf8.hpp"

#include <algorithm>

namespace websock::runtime::etf {

reader::reader(std::string_view octets, const etf::limits& limits,
               const atom_table* cache)
    : octets_(octets), elements_left_(limits.elements),
      max_depth_(std::min(limits.depth, value::max_depth)), cache_(cache) {
  if (octets.size() > limits.octets)
    throw malformed("there are " + std::to_string(octets.size()) + " octets, of which "
                        + std::to_string(limits.octets) + " are allowed",
                    0);
}

detail::cursor reader::begun() const {
  detail::cursor in(octets_, position_);
  in.begin();
  return in;
}

void reader::end(const detail::cursor& in) noexcept {
  position_ = in.position();
}

void reader::charge(const detail::cursor& in, std::size_t elements) {
  if (elements > elements_left_)
    in.fail("there are more elements than the limit allows");
  elements_left_ -= elements;
}

type reader::next() const {
  auto in = begun();
  const auto what = type_of(in.begun().form);
  if (!what)
    detail::fail_unknown(in);
  if (*what != type::big)
    return *what;
  return integer_of(detail::take_big(in)) ? type::integer : type::big;
}

void reader::version() {
  detail::cursor in(octets_, position_);
  if (in.left() == 0 || in.number<std::uint8_t>() != version_octet)
    throw malformed("octet 131 does not stand before the term", position_);
  end(in);
}

std::string_view reader::atom_in(detail::cursor& in) {
  const auto [name, encoding] = detail::take_atom(in, cache_);
  if (encoding == detail::charset::utf8 || detail::is_ascii(name))
    return name;
  return converted_.emplace_front(detail::from_latin1(name));
}

std::string_view reader::atom() {
  auto in = begun();
  const auto name = atom_in(in);
  end(in);
  return name;
}

std::int64_t reader::integer() {
  auto in = begun();
  const auto number = detail::take_integer(in);
  if (!number)
    in.fail("an integer is beyond 64 bits");
  end(in);
  return *number;
}

std::uint64_t reader::unsigned_integer() {
  auto in = begun();
  const auto form = in.begun().form;
  if (form != tag::small_big && form != tag::large_big) {
    const auto number = detail::take_integer(in);
    if (*number < 0)
      in.fail("an integer is negative");
    end(in);
    return static_cast<std::uint64_t>(*number);
  }
  const auto octets = detail::take_big(in);
  const auto magnitude = detail::magnitude_of(octets);
  if (!magnitude || (octets.is_negative && *magnitude != 0))
    in.fail("an integer is negative or beyond 64 bits");
  end(in);
  return *magnitude;
}

double reader::number() {
  auto in = begun();
  if (type_of(in.begun().form) != type::number)
    in.fail_instead_of(type::number);
  const auto number = detail::take_float(in);
  end(in);
  return number;
}

std::string_view reader::binary() {
  auto in = begun();
  if (in.begun().form != tag::binary)
    in.fail_instead_of(type::binary);
  const auto octets = in.take(in.number<std::uint32_t>());
  end(in);
  return octets;
}

std::string_view reader::string() {
  auto in = begun();
  if (in.begun().form != tag::string)
    in.fail_instead_of(type::string);
  const auto octets = in.take(in.number<std::uint16_t>());
  end(in);
  return octets;
}

std::size_t reader::arity_of(detail::cursor& in, type wanted) {
  if (type_of(in.begun().form) != wanted)
    in.fail_instead_of(wanted);
  const auto arity = detail::take_arity(in);
  charge(in, wanted == type::map ? 2 * arity : arity);
  return arity;
}

std::size_t reader::tuple() {
  auto in = begun();
  const auto arity = arity_of(in, type::tuple);
  end(in);
  return arity;
}

void reader::tuple(std::size_t arity) {
  auto in = begun();
  const auto found = arity_of(in, type::tuple);
  if (found != arity)
    in.fail("a tuple has " + std::to_string(found) + " elements instead of "
            + std::to_string(arity));
  end(in);
}

std::size_t reader::list() {
  auto in = begun();
  if (in.begun().form == tag::nil)
    return 0;
  const auto count = arity_of(in, type::list);
  end(in);
  return count;
}

void reader::nil() {
  const auto in = begun();
  if (in.begun().form != tag::nil)
    in.fail_instead_of(type::nil);
  end(in);
}

std::size_t reader::map() {
  auto in = begun();
  const auto pairs = arity_of(in, type::map);
  end(in);
  return pairs;
}

std::string_view reader::skip() {
  auto in = begun();
  if (in.begun().form == tag::local)
    static_cast<void>(in.take(in.left())); // it says itself where it ends, in its format
  else
    detail::skip_term(in, cache_, max_depth_);
  const auto octets = in.since(position_);
  end(in);
  return octets;
}

etf::value reader::value() {
  auto in = begun();
  if (in.begun().form == tag::local)
    return opaque{std::string(skip())};
  auto result = value_in(in, 0);
  end(in);
  return result;
}

} // namespace websock::runtime::etf
