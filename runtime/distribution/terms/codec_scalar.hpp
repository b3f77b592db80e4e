// Numbers, text, atoms and durations as terms of Erlang.
#pragma once

#include "../../term/atom.hpp"
#include "../../time/saturated.hpp"
#include "codec.hpp"

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace websock::runtime::distribution {

/// The integer that comes next when an Integer holds it; takes it then.
[[nodiscard]] std::optional<std::int64_t> read_integer(decoding& from);
[[nodiscard]] std::optional<std::uint64_t> read_unsigned(decoding& from);
/// The octets of the binary that comes next: a view of the message.
[[nodiscard]] std::optional<std::string_view> read_binary(decoding& from);

/// An integer; one out of range is no T.
template <std::integral T>
struct codec<T> {
  static void write(encoding& to, T value) {
    if constexpr (std::signed_integral<T>)
      to.out.integer(value);
    else
      to.out.unsigned_integer(value);
  }
  [[nodiscard]] static std::optional<T> read(decoding& from) {
    using limits = std::numeric_limits<T>;
    const auto number = read_any(from); // as signed as T
    if (!number || *number < limits::min() || *number > limits::max())
      return std::nullopt;
    return static_cast<T>(*number);
  }

private:
  [[nodiscard]] static auto read_any(decoding& from) {
    if constexpr (std::signed_integral<T>)
      return read_integer(from);
    else
      return read_unsigned(from);
  }
};

/// An integer too, since the names of enumerators are unknown at run time.
template <class T>
requires std::is_enum_v<T>
struct codec<T> {
  using number = std::underlying_type_t<T>;
  static void write(encoding& to, T value) {
    codec<number>::write(to, static_cast<number>(value));
  }
  [[nodiscard]] static std::optional<T> read(decoding& from) {
    const auto read = codec<number>::read(from);
    return read ? std::optional(static_cast<T>(*read)) : std::nullopt;
  }
};

/// The atoms `true` and `false`.
template <>
struct codec<bool> {
  static void write(encoding& to, bool value);
  [[nodiscard]] static std::optional<bool> read(decoding& from);
};

/// A float; an integer is none, as in a pattern of Erlang. Infinities and NaN don't
/// cross.
template <>
struct codec<double> {
  static void write(encoding& to, double value);
  [[nodiscard]] static std::optional<double> read(decoding& from);
};

/// The same, rounded on arrival.
template <>
struct codec<float> {
  static void write(encoding& to, float value) {
    codec<double>::write(to, static_cast<double>(value));
  }
  [[nodiscard]] static std::optional<float> read(decoding& from);
};

/// A binary. Erlang's "text" is a list of integers, and none.
template <>
struct codec<std::string> {
  static void write(encoding& to, std::string_view value) { to.out.binary(value); }
  [[nodiscard]] static std::optional<std::string> read(decoding& from) {
    const auto octets = read_binary(from);
    return octets ? std::optional<std::string>(*octets) : std::nullopt;
  }
};

/// A binary.
template <>
struct codec<std::vector<std::byte>> {
  static void write(encoding& to, const std::vector<std::byte>& value);
  [[nodiscard]] static std::optional<std::vector<std::byte>> read(decoding& from);
};

template <>
struct codec<atom> {
  static void write(encoding& to, const atom& value);
  [[nodiscard]] static std::optional<atom> read(decoding& from);
};

/// The atom `undefined`, as an empty std::optional.
template <>
struct codec<std::monostate> {
  static void write(encoding& to, std::monostate) { to.out.atom("undefined"); }
  [[nodiscard]] static std::optional<std::monostate> read(decoding& from) {
    return from.take_atom("undefined") ? std::optional<std::monostate>(std::in_place)
                                       : std::nullopt;
  }
};

/// An integer: of milliseconds, as everywhere in Erlang; of the type's own unit where
/// that is finer, since nothing may get lost on the way. `max()` is the atom `infinity`.
template <std::integral Rep, class Period>
struct codec<std::chrono::duration<Rep, Period>> {
  using duration = std::chrono::duration<Rep, Period>;
  static constexpr bool is_fine = std::ratio_less_v<Period, std::milli>;
  using unit = std::conditional_t<is_fine, std::chrono::duration<std::int64_t, Period>,
                                  std::chrono::milliseconds>;
  static constexpr std::int64_t per_tick =
      unit(std::chrono::duration<std::int64_t, Period>(1)).count();

  static void write(encoding& to, duration value) {
    if (value == duration::max())
      return to.out.atom("infinity");
    if (!std::in_range<std::int64_t>(value.count()) || !fits(value.count()))
      throw not_transmissible("send: " + type_name(typeid(duration))
                              + " is too long for milliseconds in 64 bits");
    to.out.integer(static_cast<std::int64_t>(value.count()) * per_tick);
  }
  [[nodiscard]] static std::optional<duration> read(decoding& from) {
    if (from.take_atom("infinity"))
      return duration::max();
    const auto count = read_integer(from);
    if (!count || *count % per_tick != 0 || !std::in_range<Rep>(*count / per_tick))
      return std::nullopt;
    return duration(static_cast<Rep>(*count / per_tick));
  }

private:
  [[nodiscard]] static bool fits(Rep count) noexcept {
    using limits = std::numeric_limits<std::int64_t>;
    return std::cmp_less_equal(count, limits::max() / per_tick)
           && std::cmp_greater_equal(count, limits::min() / per_tick);
  }
};

/// As the unit that it is.
template <class Unit>
struct codec<saturated<Unit>> {
  static void write(encoding& to, Unit value) { codec<Unit>::write(to, value); }
  [[nodiscard]] static std::optional<saturated<Unit>> read(decoding& from) {
    const auto read = codec<Unit>::read(from);
    return read ? std::optional<saturated<Unit>>(*read) : std::nullopt;
  }
};

} // namespace websock::runtime::distribution
