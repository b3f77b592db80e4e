// How numbers, text and atoms are written and read.
#include "codec_scalar.hpp"

#include "../etf/malformed.hpp"

#include <cmath>
#include <stdexcept>

namespace websock::runtime::distribution {

std::optional<std::int64_t> read_integer(decoding& from) {
  if (from.in.next() != etf::type::integer)
    return std::nullopt;
  return from.in.integer();
}

std::optional<std::uint64_t> read_unsigned(decoding& from) {
  if (from.in.next() == etf::type::integer) {
    const auto number = from.in.integer();
    return number < 0 ? std::nullopt : std::optional<std::uint64_t>(number);
  }
  if (from.in.next() != etf::type::big)
    return std::nullopt;
  try {
    return from.in.unsigned_integer();
  } catch (const etf::malformed&) { // has more bits, or is negative
    return std::nullopt;
  }
}

std::optional<std::string_view> read_binary(decoding& from) {
  if (from.in.next() != etf::type::binary)
    return std::nullopt;
  return from.in.binary();
}

void codec<bool>::write(encoding& to, bool value) {
  to.out.atom(value ? "true" : "false");
}

std::optional<bool> codec<bool>::read(decoding& from) {
  if (from.take_atom("true"))
    return true;
  return from.take_atom("false") ? std::optional(false) : std::nullopt;
}

void codec<double>::write(encoding& to, double value) {
  if (!std::isfinite(value))
    throw not_transmissible("send: a double that is infinite or no number cannot leave "
                            "its node: Erlang has none");
  to.out.number(value);
}

std::optional<double> codec<double>::read(decoding& from) {
  if (from.in.next() != etf::type::number)
    return std::nullopt;
  return from.in.number();
}

std::optional<float> codec<float>::read(decoding& from) {
  const auto number = codec<double>::read(from);
  if (!number
      || std::abs(*number) > static_cast<double>(std::numeric_limits<float>::max()))
    return std::nullopt;
  return static_cast<float>(*number);
}

void codec<std::vector<std::byte>>::write(encoding& to,
                                          const std::vector<std::byte>& value) {
  to.out.binary({reinterpret_cast<const char*>(value.data()), value.size()});
}

std::optional<std::vector<std::byte>>
codec<std::vector<std::byte>>::read(decoding& from) {
  const auto octets = read_binary(from);
  if (!octets)
    return std::nullopt;
  const auto* first = reinterpret_cast<const std::byte*>(octets->data());
  return std::vector<std::byte>(first, first + octets->size());
}

void codec<atom>::write(encoding& to, const atom& value) {
  try {
    to.out.atom(value.name);
  } catch (const std::invalid_argument& failure) {
    throw not_transmissible(std::string("send: an atom cannot leave its node: ")
                            + failure.what());
  }
}

std::optional<atom> codec<atom>::read(decoding& from) {
  if (from.in.next() != etf::type::atom)
    return std::nullopt;
  return atom{std::string(from.in.atom())};
}

} // namespace websock::runtime::distribution
