// An immutable dynamic value: what processes send each other. Any copyable C++ type can
// be a term.
#pragma once

#include "term_box.hpp"

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <tuple>
#include <type_traits>
#include <typeinfo>
#include <utility>

namespace websock::runtime {

/// The fallback case of `term::match`: a lambda that takes it accepts every term.
struct otherwise {};

/// `term::get` asked for a type that the term does not hold.
class bad_term : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

namespace detail {

struct access;
class letter;
template <class Arguments>
struct elements;

} // namespace detail

/// An immutable value of any copyable type, shared by reference count: cheap to copy and
/// move, safe to read from any thread. Empty when default-constructed or moved from.
/// Several values make one term, which a lambda with as many parameters matches:
///
///     term message(3, "three");
///     message.match([](int number, const std::string& text) { ... },
///                   [](otherwise) { ... });
class term {
public:
  term() noexcept = default;
  term(const term& other) noexcept : box_(other.box_) { count(); }
  term(term&& other) noexcept : box_(std::exchange(other.box_, 0)) {
    if (is_lent())
      count();
  }
  term& operator=(term other) noexcept {
    term own(std::move(other)); // counted, even if `other` was lent
    std::swap(box_, own.box_);
    return *this;
  }
  ~term() {
    if (box_ != 0 && !is_lent())
      box()->release();
  }

  /// A term that holds these values; several match a lambda with as many parameters.
  template <class... Ts>
  requires(sizeof...(Ts) > 1
           || (sizeof...(Ts) == 1
               && !(std::is_same_v<std::decay_t<Ts>,
                                   term> || ...))) explicit term(Ts&&... values)
      : term(address_of(new detail::term_values<detail::stored_t<Ts>...>(
          std::in_place, std::forward<Ts>(values)...))) {
    (detail::check_message_type<detail::stored_t<Ts>>(), ...);
  }

  [[nodiscard]] explicit operator bool() const noexcept { return box_ != 0; }
  [[nodiscard]] std::size_t size() const noexcept {
    return box_ == 0 ? 0 : box()->shape().size;
  }

  /// Whether it holds exactly these types, in this order. A term that came from another
  /// node holds every type that its value can be read as.
  template <class... Ts>
  [[nodiscard]] bool is() const noexcept {
    return box_of<Ts...>() != nullptr;
  }
  /// The value, or null when the term holds another type. Valid as long as any term
  /// shares it.
  template <class T>
  [[nodiscard]] const T* get_if() const noexcept {
    const auto* found = box_of<T>();
    return found == nullptr ? nullptr : static_cast<const T*>(found->element(0));
  }
  /// The value; throws `bad_term`, which names both types, when the term holds another.
  template <class T>
  [[nodiscard]] const T& get() const {
    if (const auto* value = get_if<T>())
      return *value;
    throw_bad_term(typeid(T));
  }

  /// Calls the first lambda whose parameters match the term's types (`otherwise` and
  /// `const term&` accept any) and returns its result. When none matches, a `void` match
  /// does nothing; a match that returns a value must have an `otherwise`.
  template <class... Fs>
  auto match(Fs&&... cases) const;

  /// For people and logs: `"text"`, `42`, `{1, "a"}`, or the name of the type.
  friend std::string to_string(const term& value);
  /// Same types and equal values; values of a type without `==` are equal only to
  /// themselves.
  friend bool operator==(const term& a, const term& b);
  friend std::size_t heap_size(const term& value) noexcept {
    return value.box_ == 0 ? 0 : detail::weight_of(*value.box());
  }

private:
  friend struct detail::access;
  friend class detail::letter;
  template <class Arguments>
  friend struct detail::elements;

  /// Takes over one reference to `box`.
  [[nodiscard]] static term adopt(const detail::term_box* box) noexcept {
    return term(address_of(box));
  }
  /// The same value as a parameter for one call, during which this term must not change.
  /// Only copying or moving from the parameter counts a reference (bench: fan-out).
  [[nodiscard]] term lend() const noexcept {
    return term(tagged_address{box_ == 0 ? 0 : box_ | lent_bit});
  }
  /// This term, lent or not, as a parameter for one call; empty afterwards.
  [[nodiscard]] term hand_on() noexcept {
    return term(tagged_address{std::exchange(box_, 0)});
  }
  [[nodiscard]] const detail::term_box* box() const noexcept {
    return reinterpret_cast<const detail::term_box*>(box_ & ~lent_bit);
  }

  template <class... Ts>
  [[nodiscard]] const detail::term_box* box_of() const noexcept {
    static_assert((std::is_same_v<detail::stored_t<Ts>, Ts> && ...),
                  "text in a term is a std::string: ask for that");
    return box_ == 0 ? nullptr
                     : detail::open_as(*box(), detail::shape_holder<Ts...>::value);
  }

  static constexpr std::uintptr_t lent_bit = 1; // boxes lie at even addresses
  struct tagged_address {
    std::uintptr_t value;
  };
  explicit term(tagged_address from) noexcept : box_(from.value) {}
  [[nodiscard]] static tagged_address address_of(const detail::term_box* box) noexcept {
    return {reinterpret_cast<std::uintptr_t>(box)};
  }

  [[noreturn]] void throw_bad_term(const std::type_info& wanted) const;
  [[nodiscard]] bool is_lent() const noexcept { return (box_ & lent_bit) != 0; }
  void count() noexcept { // takes a reference of its own
    box_ &= ~lent_bit;
    if (box_ != 0)
      box()->retain();
  }

  std::uintptr_t box_ = 0; // the address; lent_bit: another term holds the reference
};

namespace detail {

// What a lambda takes and returns.
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

template <class F>
inline constexpr bool accepts_any =
    std::is_same_v<
        arguments_t<F>,
        std::tuple<otherwise>> || std::is_same_v<arguments_t<F>, std::tuple<term>>;

template <class F>
decltype(auto) call_any(const term& value, F& f) {
  if constexpr (std::is_same_v<arguments_t<F>, std::tuple<term>>)
    return f(value);
  else
    return f(otherwise{});
}

template <class... As>
struct elements<std::tuple<As...>> {
  [[nodiscard]] static const term_box* match(const term& value) noexcept {
    return value.box_of<As...>();
  }
  template <class F>
  static decltype(auto) call(const term_box& box, F& f) {
    return [&]<std::size_t... I>(std::index_sequence<I...>)->decltype(auto) {
      return f(element_of<As>(box, I)...);
    }
    (std::index_sequence_for<As...>{});
  }
};

template <class... Rs>
concept have_common_type = requires {
  typename std::common_type_t<Rs...>;
};

/// Whether `match` with these lambdas would call one of them.
template <class... Fs>
[[nodiscard]] bool has_case_for(const term& value) noexcept {
  return ([&] {
    if constexpr (accepts_any<Fs>)
      return true;
    else
      return elements<arguments_t<Fs>>::match(value) != nullptr;
  }() || ...);
}

template <class R>
R match_cases(const term&) {
  return R();
}

template <class R, class F, class... Fs>
R match_cases(const term& value, F& f, Fs&... rest) {
  static_assert(lambda_traits<F>::by_value_or_const,
                "a term is immutable: take it by value or by const reference");
  if constexpr (accepts_any<F>) {
    static_assert(sizeof...(Fs) == 0,
                  "`otherwise` accepts everything: it must be the last case");
    return call_any(value, f);
  } else {
    using wanted = elements<arguments_t<F>>;
    if (const term_box* box = wanted::match(value))
      return wanted::call(*box, f);
    return match_cases<R>(value, rest...);
  }
}

} // namespace detail

template <class... Fs>
auto term::match(Fs&&... cases) const {
  static_assert(sizeof...(Fs) > 0, "match needs at least one lambda");
  static_assert(
      detail::have_common_type<detail::result_t<Fs>...>,
      "the lambdas of a match must return one type, or types that convert to one");
  using result = std::common_type_t<detail::result_t<Fs>...>;
  static_assert(
      std::is_void_v<result> || (detail::accepts_any<Fs> || ...),
      "a match that returns a value needs a last case `[](runtime::otherwise) { ... }`");
  return detail::match_cases<result>(*this, cases...);
}

} // namespace websock::runtime
