// What a lambda takes and returns.
#pragma once

#include <tuple>
#include <type_traits>

namespace websock::runtime::detail {

template <class F>
struct lambda_traits : lambda_traits<decltype(&std::decay_t<F>::operator())> {};
template <class R, class C, class... As>
struct lambda_traits<R (C::*)(As...) const> {
  using result = R;
  using arguments = std::tuple<std::decay_t<As>...>;
  static constexpr bool by_value_or_const =
      ((!std::is_lvalue_reference_v<
            As> || std::is_const_v<std::remove_reference_t<As>>)&&...);
};
template <class R, class C, class... As>
struct lambda_traits<R (C::*)(As...)> : lambda_traits<R (C::*)(As...) const> {};
template <class R, class C, class... As>
struct lambda_traits<R (C::*)(As...) const noexcept>
    : lambda_traits<R (C::*)(As...) const> {};
template <class R, class C, class... As>
struct lambda_traits<R (C::*)(As...) noexcept> : lambda_traits<R (C::*)(As...) const> {};

template <class F>
using arguments_t = typename lambda_traits<F>::arguments;
template <class F>
using result_t = typename lambda_traits<F>::result;

} // namespace websock::runtime::detail
