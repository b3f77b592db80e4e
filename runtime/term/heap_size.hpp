// The heap memory that a value owns, which counts towards a mailbox limit in bytes.
#pragma once

#include <concepts>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace websock::runtime {

namespace detail {

/// A type can report what its values own: `std::size_t heap_size(const T&)`, a friend or
/// a function in its namespace. It is called when a message arrives and must not throw.
template <class T>
concept tells_heap_size = requires(const T& value) {
  { heap_size(value) } -> std::convertible_to<std::size_t>;
};

/// How to compute it for one type. `may_own` is false where the answer is always 0.
template <class T>
struct ownership {
  static constexpr bool may_own = tells_heap_size<T>;
  [[nodiscard]] static std::size_t of(const T& value) noexcept {
    if constexpr (tells_heap_size<T>)
      return heap_size(value);
    else
      return 0;
  }
};

template <class... Ts>
inline constexpr bool any_may_own = (ownership<Ts>::may_own || ...);

template <class... Ts>
[[nodiscard]] std::size_t owned_by(const Ts&... values) noexcept {
  return (std::size_t{0} + ... + ownership<Ts>::of(values));
}

template <class Char, class Traits, class Allocator>
struct ownership<std::basic_string<Char, Traits, Allocator>> {
  using text = std::basic_string<Char, Traits, Allocator>;
  static constexpr bool may_own = true;
  [[nodiscard]] static std::size_t of(const text& value) noexcept {
    const auto* self = reinterpret_cast<const std::byte*>(&value);
    const auto* data = reinterpret_cast<const std::byte*>(value.data());
    const bool is_inside =
        std::less_equal<>()(self, data) && std::less<>()(data, self + sizeof(value));
    return is_inside ? 0 : (value.capacity() + 1) * sizeof(Char);
  }
};

/// O(1) unless the elements own memory themselves.
template <class T, class Allocator>
struct ownership<std::vector<T, Allocator>> {
  static constexpr bool may_own = true;
  [[nodiscard]] static std::size_t of(const std::vector<T, Allocator>& value) noexcept {
    std::size_t sum = value.capacity() * sizeof(T);
    if constexpr (ownership<T>::may_own)
      for (const auto& each : value)
        sum += ownership<T>::of(each);
    return sum;
  }
};

/// Counted in full however many share it, because this message alone would keep it alive.
template <class T>
struct ownership<std::shared_ptr<T>> {
  using object = std::remove_cv_t<T>;
  static constexpr bool may_own = requires { sizeof(T); };
  [[nodiscard]] static std::size_t of(const std::shared_ptr<T>& value) noexcept {
    if constexpr (may_own)
      return value ? sizeof(T) + ownership<object>::of(*value) : 0;
    else
      return 0;
  }
};

template <class T>
struct ownership<std::optional<T>> {
  static constexpr bool may_own = ownership<T>::may_own;
  [[nodiscard]] static std::size_t of(const std::optional<T>& value) noexcept {
    return value ? ownership<T>::of(*value) : 0;
  }
};

template <class T, class U>
struct ownership<std::pair<T, U>> {
  static constexpr bool may_own = any_may_own<T, U>;
  [[nodiscard]] static std::size_t of(const std::pair<T, U>& value) noexcept {
    return owned_by(value.first, value.second);
  }
};

template <class... Ts>
struct ownership<std::tuple<Ts...>> {
  static constexpr bool may_own = any_may_own<Ts...>;
  [[nodiscard]] static std::size_t of(const std::tuple<Ts...>& value) noexcept {
    return std::apply([](const Ts&... each) { return owned_by(each...); }, value);
  }
};

} // namespace detail

/// Bytes on the heap that `values` own. Covers the standard strings, vectors, optionals,
/// pairs, tuples and shared pointers, and types with a `heap_size`; 0 for all others. Use
/// it to write the `heap_size` of your own type.
template <class... Ts>
[[nodiscard]] std::size_t heap_size_of(const Ts&... values) noexcept {
  return detail::owned_by(values...);
}

} // namespace websock::runtime
