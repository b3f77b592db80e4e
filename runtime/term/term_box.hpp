// The values behind a term: counted, compared, printed and weighed. What holds them is
// term.hpp.
#pragma once

#include "equality.hpp"
#include "heap_size.hpp"
#include "mailbox_key.hpp"

#include <array>
#include <atomic>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <typeinfo>
#include <utility>

namespace websock::runtime::detail {

class term_box;

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
  // Set for a value of another node: the box of it as another type, which belongs to it.
  const term_box* (*open)(const term_box&, const term_shape& wanted) noexcept = nullptr;
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

[[nodiscard]] const term_box* open_other(const term_box&, const term_shape&) noexcept;

/// The box of the types that are asked for: this one, or what it opens as; else null.
[[nodiscard]] inline const term_box* open_as(const term_box& box,
                                             const term_shape& wanted) noexcept {
  return &box.shape() == &wanted ? &box : open_other(box, wanted);
}

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
    const term_box* same = open_as(other, shape());
    if (same == nullptr)
      return false;
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      return (equal_values(std::get<I>(values_), element_of<Ts>(*same, I)) && ...);
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

} // namespace websock::runtime::detail
