// Containers, tuples, optionals and variants as terms of Erlang.
#pragma once

#include "codec.hpp"
#include "codec_scalar.hpp"

#include <array>
#include <cstddef>
#include <deque>
#include <list>
#include <map>
#include <optional>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

namespace websock::runtime::distribution {

/// Reads a proper list whose elements are all of type T, in either of its forms, and
/// hands each to `add`. False when it is none.
template <class T, class Add>
[[nodiscard]] bool read_list(decoding& from, Add add) {
  const auto take = [&](decoding& part) {
    auto element = codec<T>::read(part);
    if (element)
      add(std::move(*element));
    return element.has_value();
  };
  if (from.in.next() == etf::type::string) {
    for (const char octet : from.in.string()) {
      const std::array<char, 2> integer{97, octet}; // erl_ext_dist, SMALL_INTEGER_EXT
      etf::reader in({integer.data(), integer.size()});
      decoding part(in, from.ids);
      if (!take(part))
        return false;
    }
    return true;
  }
  if (from.in.next() != etf::type::list && from.in.next() != etf::type::nil)
    return false;
  const auto level = from.enter();
  if (!level)
    return false;
  for (auto left = from.in.list(); left != 0; --left)
    if (!take(from))
      return false;
  if (from.in.next() != etf::type::nil) // improper
    return false;
  from.in.nil();
  return true;
}

template <class T, class List>
void write_list(encoding& to, const List& value) {
  const auto level = to.enter(value.size());
  to.out.list(value.size());
  for (const auto& each : value)
    codec<T>::write(to, each);
  to.out.nil();
}

/// A list.
template <class List>
struct list_codec {
  using element = typename List::value_type;
  static void write(encoding& to, const List& value) { write_list<element>(to, value); }
  [[nodiscard]] static std::optional<List> read(decoding& from) {
    List found;
    const bool fits = read_list<element>(
        from, [&](element&& each) { found.push_back(std::move(each)); });
    return fits ? std::optional<List>(std::move(found)) : std::nullopt;
  }
};
template <class T, class A>
struct codec<std::vector<T, A>> : list_codec<std::vector<T, A>> {};
template <class T, class A>
struct codec<std::list<T, A>> : list_codec<std::list<T, A>> {};
template <class T, class A>
struct codec<std::deque<T, A>> : list_codec<std::deque<T, A>> {};

/// A list of exactly N elements.
template <class T, std::size_t N>
struct codec<std::array<T, N>> {
  static void write(encoding& to, const std::array<T, N>& value) {
    write_list<T>(to, value);
  }
  [[nodiscard]] static std::optional<std::array<T, N>> read(decoding& from) {
    std::array<T, N> found{};
    std::size_t count = 0;
    const bool fits = read_list<T>(from, [&](T&& each) {
      if (count < N)
        found[count] = std::move(each);
      ++count;
    });
    return fits && count == N ? std::optional(std::move(found)) : std::nullopt;
  }
};

/// A map.
template <class Map>
struct map_codec {
  static void write(encoding& to, const Map& value) {
    const auto level = to.enter(2 * value.size());
    to.out.map(value.size());
    for (const auto& [key, content] : value) {
      codec<typename Map::key_type>::write(to, key);
      codec<typename Map::mapped_type>::write(to, content);
    }
  }
  [[nodiscard]] static std::optional<Map> read(decoding& from) {
    if (from.in.next() != etf::type::map)
      return std::nullopt;
    const auto level = from.enter();
    if (!level)
      return std::nullopt;
    Map found;
    for (auto left = from.in.map(); left != 0; --left) {
      auto key = codec<typename Map::key_type>::read(from);
      if (!key)
        return std::nullopt;
      auto content = codec<typename Map::mapped_type>::read(from);
      if (!content)
        return std::nullopt;
      found.emplace(std::move(*key), std::move(*content));
    }
    return found;
  }
};
template <class... Ts>
struct codec<std::map<Ts...>> : map_codec<std::map<Ts...>> {};
template <class... Ts>
struct codec<std::unordered_map<Ts...>> : map_codec<std::unordered_map<Ts...>> {};

/// A tuple of exactly these elements.
template <class Tuple, class... Ts>
struct tuple_codec {
  static void write(encoding& to, const Tuple& value) {
    const auto level = to.enter(sizeof...(Ts));
    to.out.tuple(sizeof...(Ts));
    std::apply([&](const Ts&... each) { (codec<Ts>::write(to, each), ...); }, value);
  }
  [[nodiscard]] static std::optional<Tuple> read(decoding& from) {
    if (from.in.next() != etf::type::tuple)
      return std::nullopt;
    const auto level = from.enter();
    if (!level || from.in.tuple() != sizeof...(Ts))
      return std::nullopt;
    std::tuple<std::optional<Ts>...> read;
    return std::apply(
        [&](std::optional<Ts>&... each) {
          const bool fits = ((each = codec<Ts>::read(from)).has_value() && ...);
          return fits ? std::optional<Tuple>(std::in_place, std::move(*each)...)
                      : std::nullopt;
        },
        read);
  }
};
template <class... Ts>
struct codec<std::tuple<Ts...>> : tuple_codec<std::tuple<Ts...>, Ts...> {};
template <class A, class B>
struct codec<std::pair<A, B>> : tuple_codec<std::pair<A, B>, A, B> {};

/// Its value alone; `undefined` without one.
template <class T>
struct codec<std::optional<T>> {
  static void write(encoding& to, const std::optional<T>& value) {
    value ? codec<T>::write(to, *value) : to.out.atom("undefined");
  }
  [[nodiscard]] static std::optional<std::optional<T>> read(decoding& from) {
    using result = std::optional<std::optional<T>>;
    if (from.take_atom("undefined"))
      return result(std::in_place);
    auto value = codec<T>::read(from);
    return value ? result(std::in_place, std::move(value)) : result();
  }
};

/// The alternative that it holds, without a mark which; the first that fits, on arrival.
template <class... Ts>
struct codec<std::variant<Ts...>> {
  using variant = std::variant<Ts...>;
  static void write(encoding& to, const variant& value) {
    std::visit([&]<class T>(const T& held) { codec<T>::write(to, held); }, value);
  }
  [[nodiscard]] static std::optional<variant> read(decoding& from) {
    const auto start = from.in;
    std::optional<variant> found;
    const auto is = [&]<class T>(std::in_place_type_t<T>) {
      if (auto value = codec<T>::read(from))
        found.emplace(std::in_place_type<T>, std::move(*value));
      return found || !from.retry(start);
    };
    (void)(is(std::in_place_type<Ts>) || ...);
    return found;
  }
};

} // namespace websock::runtime::distribution
