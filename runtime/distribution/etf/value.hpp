// Any term of Erlang as a value: what arrives of types that nobody has registered. It can
// be matched, compared, printed and sent on; it is not a place to compute.
#pragma once

#include "atom.hpp"
#include "big.hpp"
#include "pid.hpp"
#include "port.hpp"
#include "reference.hpp"

#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace websock::runtime::etf {

struct binary {
  std::string octets;

  friend bool operator==(const binary&, const binary&) = default;
  friend auto operator<=>(const binary&, const binary&) = default;
};

/// Bits that fill no whole number of octets.
struct bit_string {
  std::string octets;
  std::uint8_t last_bits = 8; // of the last octet, the most significant ones; 1 to 8

  friend bool operator==(const bit_string&, const bit_string&) = default;
  friend auto operator<=>(const bit_string&, const bit_string&) = default;
};

/// A list of integers from 0 to 255, at least one: Erlang's "text".
struct string_list {
  std::string octets;

  friend bool operator==(const string_list&, const string_list&) = default;
  friend auto operator<=>(const string_list&, const string_list&) = default;
};

/// A term that only other nodes understand: a function, or a term in another node's local
/// format. Its octets, tag included, travel on unchanged. Atoms that a distribution
/// header held are written out in them.
struct opaque {
  std::string octets;

  friend bool operator==(const opaque&, const opaque&) = default;
  friend auto operator<=>(const opaque&, const opaque&) = default;
  /// `fun lists:map/2`, `#Fun<shell.6.1234>`
  friend std::string to_string(const opaque& subject);
};

struct list;
struct improper_list;
struct tuple;
struct map;

namespace detail {
template <class T>
struct held;
template <class T>
using shared = std::shared_ptr<const held<T>>;
} // namespace detail

/// Immutable; a copy shares what it holds. Any thread may read it.
///
/// Each term has one form, whatever its octets were: an integer that fits 64 bits is an
/// std::int64_t, a list of octets a string_list, bits that fill octets a binary.
class value {
public:
  /// Tuples, lists and maps inside one another. Deeper ones throw std::length_error.
  static constexpr std::size_t max_depth = 512;

  /// The empty list.
  value() noexcept = default;
  template <std::signed_integral T>
  explicit(false) value(T number) noexcept : content_(std::int64_t{number}) {}
  template <std::unsigned_integral T>
  requires(!std::same_as<T, bool>) explicit(false) value(T number)
      : value(from_unsigned(number)) {}
  /// Throws std::invalid_argument for what Erlang's floats do not include: infinities,
  /// NaN.
  explicit(false) value(double number);
  explicit(false) value(etf::big number);
  explicit(false) value(etf::atom name);
  explicit(false) value(etf::binary octets);
  /// Throws std::invalid_argument unless 1 to 8 bits of the last octet count.
  explicit(false) value(etf::bit_string bits);
  explicit(false) value(etf::string_list octets);
  explicit(false) value(etf::list elements);
  /// A tail that is a list makes one list of both.
  explicit(false) value(etf::improper_list elements);
  explicit(false) value(etf::tuple elements);
  /// Throws std::invalid_argument when two keys are equal.
  explicit(false) value(etf::map pairs);
  explicit(false) value(etf::pid process);
  explicit(false) value(etf::reference reference);
  explicit(false) value(etf::port port);
  explicit(false) value(etf::opaque term);

  /// Its content if it is a T, else null; valid as long as a copy of the value lives. T
  /// is std::int64_t, double, or one of the types above and below.
  template <class T>
  [[nodiscard]] const T* get_if() const noexcept;
  template <class T>
  [[nodiscard]] bool is() const noexcept {
    return get_if<T>() != nullptr;
  }

  [[nodiscard]] bool is_atom(std::string_view name) const noexcept;
  /// The elements of a tuple or list, those before the tail of an improper list; of
  /// everything else, string_list included, none.
  [[nodiscard]] std::span<const value> elements() const noexcept;
  /// True of `{tag, ...}` with this many elements, the tag included.
  [[nodiscard]] bool is_tagged(std::string_view tag, std::size_t arity) const noexcept;
  /// What a map has under the key; null if nothing, or if this is no map.
  [[nodiscard]] const value* find(const value& key) const;
  /// 0 of what holds no other values.
  [[nodiscard]] std::size_t depth() const noexcept;

  /// Calls the visitor with the content, a `const T&` of one of the types of get_if.
  template <class Visitor>
  decltype(auto) visit(Visitor&& visitor) const;

  /// Erlang's =:=, of OTP 27: 1 and 1.0 differ, and so do 0.0 and -0.0.
  friend bool operator==(const value& a, const value& b) { return (a <=> b) == 0; }
  /// Some total order, for sorted containers. It is not Erlang's.
  friend std::strong_ordering operator<=>(const value& a, const value& b);
  /// In Erlang's notation on one line: `{said,<<"hello">>,#{count => 1}}`.
  friend std::string to_string(const value& subject);

private:
  friend struct map;
  /// Nothing is the empty list, which needs no memory.
  using content =
      std::variant<std::monostate, std::int64_t, double, detail::shared<etf::big>,
                   detail::shared<etf::atom>, detail::shared<etf::binary>,
                   detail::shared<etf::bit_string>, detail::shared<etf::string_list>,
                   detail::shared<etf::list>, detail::shared<etf::improper_list>,
                   detail::shared<etf::tuple>, detail::shared<etf::map>,
                   detail::shared<etf::pid>, detail::shared<etf::reference>,
                   detail::shared<etf::port>, detail::shared<etf::opaque>>;

  explicit value(content what) noexcept : content_(std::move(what)) {}
  [[nodiscard]] static value from_unsigned(std::uint64_t number);

  content content_;
};

/// A proper list.
struct list {
  std::vector<value> elements;
};

/// At least one element and a tail that is no list: `[a | b]`.
struct improper_list {
  std::vector<value> elements;
  value tail;
};

struct tuple {
  std::vector<value> elements;
};

/// Pairs of key and value. In a value they are sorted by key, in an order of our own.
struct map {
  std::vector<std::pair<value, value>> pairs;
};

namespace detail {
template <class T>
struct held {
  T content;
  std::size_t depth = 0;
};
inline const list empty_list;
} // namespace detail

template <class T>
const T* value::get_if() const noexcept {
  if constexpr (std::is_same_v<T, std::int64_t> || std::is_same_v<T, double>) {
    return std::get_if<T>(&content_);
  } else {
    if constexpr (std::is_same_v<T, list>)
      if (std::holds_alternative<std::monostate>(content_))
        return &detail::empty_list;
    const auto* found = std::get_if<detail::shared<T>>(&content_);
    return found == nullptr ? nullptr : &(*found)->content;
  }
}

template <class Visitor>
decltype(auto) value::visit(Visitor&& visitor) const {
  return std::visit(
      [&visitor](const auto& found) -> decltype(auto) {
        using form = std::remove_cvref_t<decltype(found)>;
        if constexpr (std::is_same_v<form, std::monostate>)
          return visitor(detail::empty_list);
        else if constexpr (std::is_arithmetic_v<form>)
          return visitor(found);
        else
          return visitor(found->content);
      },
      content_);
}

} // namespace websock::runtime::etf
