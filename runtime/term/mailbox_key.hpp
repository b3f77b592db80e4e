// The key of a message: of all messages with one key, only the latest matters.
#pragma once

#include <concepts>
#include <cstddef>
#include <functional>
#include <type_traits>
#include <utility>

namespace websock::runtime::detail {

/// A type can name what its values are the latest of: `mailbox_key(const T&)`, a friend
/// or a function in its namespace, returns a value with std::hash and ==, which may refer
/// into the argument. It is called when a message arrives and leaves, and must not throw.
/// Messages of different types never share a key.
template <class T>
concept has_mailbox_key = requires(const T& value) {
  mailbox_key(value);
};

template <class T>
using mailbox_key_t =
    std::remove_cvref_t<decltype(mailbox_key(std::declval<const T&>()))>;

template <class K>
concept hashable = requires(const K& key) {
  { std::hash<K>()(key) } -> std::convertible_to<std::size_t>;
};

template <has_mailbox_key T>
[[nodiscard]] std::size_t hash_of_key(const T& value) noexcept {
  using key = mailbox_key_t<T>;
  static_assert(!std::is_pointer_v<key>,
                "mailbox_key returns a pointer: return a std::string_view or a value");
  static_assert(hashable<key> && std::equality_comparable<key>,
                "mailbox_key must return what std::hash knows and == compares, such as a "
                "std::string_view or a number");
  return std::hash<key>()(mailbox_key(value));
}

template <has_mailbox_key T>
[[nodiscard]] bool have_same_key(const T& a, const T& b) noexcept {
  return mailbox_key(a) == mailbox_key(b);
}

} // namespace websock::runtime::detail
