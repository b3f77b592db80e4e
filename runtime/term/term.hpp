// An immutable dynamic value: what processes send each other. Any copyable C++ type can
// be a term.
#pragma once

#include "equality.hpp"
#include "heap_size.hpp"
#include "lambda_traits.hpp"
#include "mailbox_key.hpp"

#include <array>
#include <atomic>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
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
class term_box;
template <class... As>
struct elements;

/// The types of a term's elements, in order, and what a mailbox with a limit needs to
/// know. One object per list of types, so comparison tries the address first.
struct term_shape {
  std::size_t size;
  const std::type_info* const* types;
  std::size_t bytes = 0; // of the values themselves
  // Null when the values own no heap memory; null without a mailbox_key.
  std::size_t (*owned_by)(const term_box&) noexcept = nullptr;
  std::size_t (*hash_of_key)(const term_box&) noexcept = nullptr;
  bool (*have_same_key)(const term_box&, const term_box&) noexcept = nullptr;
};

template <class... Ts>
struct shape_holder {
  static constexpr std::array<const std::type_info*, sizeof...(Ts) + 1> types{
      &typeid(Ts)..., nullptr};
  [[nodiscard]] static constexpr term_shape make() noexcept;
  static constexpr term_shape value = make();
};

[[nodiscard]] bool same_shape_slow(const term_shape& a, const term_shape& b) noexcept;

[[nodiscard]] inline bool same_shape(const term_shape& a, const term_shape& b) noexcept {
  return &a == &b || same_shape_slow(a, b);
}

/// The reference-counted value behind a term. Shared between threads, never changed.
class term_box {
public:
  term_box() = default;
  term_box(const term_box&) = delete;
  term_box& operator=(const term_box&) = delete;
  virtual ~term_box() = default;

  [[nodiscard]] virtual const term_shape& shape() const noexcept = 0;
  [[nodiscard]] virtual const void* element(std::size_t index) const noexcept = 0;
  [[nodiscard]] virtual bool equals(const term_box& other) const = 0;
  virtual void print_element(std::string& out, std::size_t index) const = 0;
  /// An unshared copy, for a foreign receiver that wants to modify it.
  [[nodiscard]] virtual term_box* clone() const = 0;

  /// The element alone, or all in braces.
  void print(std::string& out) const;
  [[nodiscard]] bool is_shared() const noexcept {
    return refs_.load(std::memory_order_acquire) != 1; // pairs with the release below
  }
  // relaxed: a new reference comes from one that is held, so nothing has to be published.
  void retain() const noexcept { refs_.fetch_add(1, std::memory_order_relaxed); }
  void release() const noexcept {
    // Both acquire the release of every earlier fetch_sub here, so the last owner sees
    // that all other owners have finished reading.
    if (refs_.load(std::memory_order_acquire) == 1
        || refs_.fetch_sub(1, std::memory_order_acq_rel) == 1)
      delete this;
  }

private:
  mutable std::atomic<std::uint32_t> refs_{1};
};

template <class T>
[[nodiscard]] const T& element_of(const term_box& box, std::size_t index = 0) noexcept {
  return *static_cast<const T*>(box.element(index));
}

template <class... Ts>
[[nodiscard]] std::size_t owned_by_elements(const term_box& box) noexcept {
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    return owned_by(element_of<Ts>(box, I)...);
  }
  (std::index_sequence_for<Ts...>{});
}

template <class... Ts>
constexpr term_shape shape_holder<Ts...>::make() noexcept {
  term_shape shape{sizeof...(Ts), types.data(), sizeof(std::tuple<Ts...>)};
  if constexpr (any_may_own<Ts...>)
    shape.owned_by = &owned_by_elements<Ts...>;
  if constexpr (sizeof...(Ts) == 1 && (has_mailbox_key<Ts> && ...)) {
    shape.hash_of_key = [](const term_box& box) noexcept {
      return (hash_of_key(element_of<Ts>(box)), ...);
    };
    shape.have_same_key = [](const term_box& a, const term_box& b) noexcept {
      return (have_same_key(element_of<Ts>(a), element_of<Ts>(b)), ...);
    };
  }
  return shape;
}

/// The memory that the value takes, with everything that it owns or shares.
[[nodiscard]] inline std::size_t weight_of(const term_box& box) noexcept {
  const term_shape& shape = box.shape();
  return sizeof(term_box) + shape.bytes
         + (shape.owned_by == nullptr ? 0 : shape.owned_by(box));
}

// Printing and comparing values: exact where the type allows, by type name elsewhere.
void print_type(std::string& out, const std::type_info& type);
void print_quoted(std::string& out, std::string_view text);

template <class T>
concept has_to_string = requires(const T& value) {
  { to_string(value) } -> std::convertible_to<std::string>;
};

template <class T>
void print_value(std::string& out, const T& value) {
  if constexpr (std::is_same_v<T, bool>)
    out += value ? "true" : "false";
  else if constexpr (std::is_same_v<T, std::string>)
    print_quoted(out, value);
  else if constexpr (std::is_arithmetic_v<T>)
    out += std::to_string(value);
  else if constexpr (has_to_string<T>)
    out += to_string(value);
  else
    print_type(out, typeid(T));
}

/// The values of a term. Also a base of letters, which hold envelope and values in one
/// allocation.
template <class... Ts>
class term_values : public term_box {
public:
  template <class... Us>
  explicit term_values(std::in_place_t, Us&&... values)
      : values_(std::forward<Us>(values)...) {}

  [[nodiscard]] const term_shape& shape() const noexcept final {
    return shape_holder<Ts...>::value;
  }
  [[nodiscard]] const void* element(std::size_t index) const noexcept final {
    const void* found = nullptr;
    std::size_t position = 0;
    std::apply(
        [&](const Ts&... each) {
          ((position++ == index ? found = &each : nullptr), ...);
        },
        values_);
    return found;
  }
  [[nodiscard]] bool equals(const term_box& other) const final {
    if (!same_shape(shape(), other.shape()))
      return false;
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      return (
          equal_values(std::get<I>(values_), *static_cast<const Ts*>(other.element(I)))
          && ...);
    }
    (std::index_sequence_for<Ts...>{});
  }
  void print_element(std::string& out, std::size_t index) const final {
    std::size_t position = 0;
    std::apply(
        [&](const Ts&... each) {
          ((position++ == index ? print_value(out, each) : void()), ...);
        },
        values_);
  }
  [[nodiscard]] term_box* clone() const final {
    return std::apply(
        [](const Ts&... each) { return new term_values(std::in_place, each...); },
        values_);
  }

private:
  std::tuple<Ts...> values_;
};

/// Text is stored as `std::string`, any other value as its own type.
template <class T>
using stored_t = std::conditional_t<
    std::is_convertible_v<std::decay_t<T>,
                          std::string_view> && !std::is_null_pointer_v<std::decay_t<T>>,
    std::string, std::decay_t<T>>;

template <class T>
constexpr void check_message_type() {
  static_assert(
      std::is_copy_constructible_v<T>,
      "a message must be copyable: every receiver gets the value, not a share of it "
      "(wrap a move-only value in a std::shared_ptr)");
  static_assert(
      !std::is_pointer_v<T>,
      "a raw pointer is not a message: its owner may be gone when it is received");
}

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

  /// Whether it holds exactly these types, in this order.
  template <class... Ts>
  [[nodiscard]] bool is() const noexcept {
    static_assert((std::is_same_v<detail::stored_t<Ts>, Ts> && ...),
                  "text in a term is a std::string: ask for that");
    return box_ != 0
           && detail::same_shape(box()->shape(), detail::shape_holder<Ts...>::value);
  }
  /// The value, or null when the term holds another type. Valid as long as any term
  /// shares it.
  template <class T>
  [[nodiscard]] const T* get_if() const noexcept {
    return is<T>() ? static_cast<const T*>(box()->element(0)) : nullptr;
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
  template <class... As>
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
struct elements {
  [[nodiscard]] static bool match(const term& value) noexcept {
    return value.is<As...>();
  }
  template <class F>
  static decltype(auto) call(const term& value, F& f) {
    return [&]<std::size_t... I>(std::index_sequence<I...>)->decltype(auto) {
      return f(*static_cast<const As*>(value.box()->element(I))...);
    }
    (std::index_sequence_for<As...>{});
  }
};
template <class Tuple>
struct elements_of;
template <class... As>
struct elements_of<std::tuple<As...>> : elements<As...> {};

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
      return elements_of<arguments_t<Fs>>::match(value);
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
    using wanted = elements_of<arguments_t<F>>;
    if (wanted::match(value))
      return wanted::call(value, f);
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
