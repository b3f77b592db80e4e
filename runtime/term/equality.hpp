// Equality of values. Whether a type has a usable == must be checked recursively:
// standard containers and products declare == whatever their elements are.
#pragma once

#include <concepts>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace websock::runtime::detail {

template <class T>
concept holds_others = requires {
  typename T::value_type;
}
&&!std::same_as<typename T::value_type, T>;

template <class T>
struct has_equality : std::bool_constant<std::equality_comparable<T>> {};

template <holds_others T>
struct has_equality<T>
    : std::bool_constant<has_equality<std::remove_cv_t<typename T::value_type>>::value
                         && std::equality_comparable<T>> {};

template <class A, class B>
struct has_equality<std::pair<A, B>>
    : std::conjunction<has_equality<std::remove_cv_t<A>>,
                       has_equality<std::remove_cv_t<B>>> {};

template <class... Ts>
struct has_equality<std::tuple<Ts...>>
    : std::conjunction<has_equality<std::remove_cv_t<Ts>>...> {};

template <class... Ts>
struct has_equality<std::variant<Ts...>>
    : std::conjunction<has_equality<std::remove_cv_t<Ts>>...> {};

/// A value of a type without == equals only itself; empty types are always equal.
template <class T>
[[nodiscard]] bool equal_values(const T& a, const T& b) {
  if constexpr (has_equality<T>::value)
    return a == b;
  else
    return std::is_empty_v<T> || &a == &b;
}

} // namespace websock::runtime::detail
