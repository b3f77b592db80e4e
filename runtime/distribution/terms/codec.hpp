// How each C++ type is written as a term of Erlang and read from one: the rule for types
// that are registered. The built-in types have their own: codec_*.hpp.
#pragma once

#include "decoding.hpp"
#include "encoding.hpp"

#include <atomic>
#include <optional>
#include <string_view>
#include <type_traits>

namespace websock::runtime::distribution {

template <class T>
class message;

/// The registration of T; null before. It never goes away.
template <class T>
inline constinit std::atomic<const message<T>*> registered{nullptr};

/// `write` throws not_transmissible for a value that has no counterpart. `read` returns
/// nullopt when the next term is no T, and has then taken any part of it; for octets that
/// are no term it throws etf::malformed.
template <class T>
struct codec {
  static_assert(
      !std::is_pointer_v<T> && !std::is_same_v<T, std::string_view>,
      "what only points at a value cannot leave its node: use the value itself, "
      "std::string for text");
  static_assert(std::is_class_v<T> && std::is_default_constructible_v<T>,
                "no other node could read this type: register a struct that can be "
                "default-constructed");
  using is_registered_by_name = void;

  static void write(encoding& to, const T& value) {
    // acquire: pairs with the release of register_message, which built what it points to
    const auto* known = registered<T>.load(std::memory_order_acquire);
    if (known == nullptr)
      throw_unregistered(typeid(T));
    known->write(to, value);
  }
  [[nodiscard]] static std::optional<T> read(decoding& from) {
    const auto* known = registered<T>.load(std::memory_order_acquire); // as above
    return known == nullptr ? std::nullopt : known->read(from);
  }
};

/// A type that register_message must give a name: it is not built in.
template <class T>
concept needs_name = requires {
  typename codec<T>::is_registered_by_name;
};

} // namespace websock::runtime::distribution
