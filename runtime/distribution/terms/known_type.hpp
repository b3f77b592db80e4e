// A type of C++ that can cross to other nodes, for code that learns of it at run time.
#pragma once

#include "../../term/equality.hpp"
#include "../../term/term.hpp"
#include "codec.hpp"

#include <typeinfo>
#include <utility>

namespace websock::runtime::distribution {

struct known_type {
  const std::type_info* type;
  /// `value` points to one of this type.
  void (*write)(encoding& to, const void* value);
  /// The caller releases it; null when the next term is none of this type.
  const runtime::detail::term_box* (*read)(decoding& from);
  bool (*equal)(const void* left, const void* right);
};

template <class T>
inline constexpr known_type known_as{
    &typeid(T),
    [](encoding& to, const void* value) {
      codec<T>::write(to, *static_cast<const T*>(value));
    },
    [](decoding& from) -> const runtime::detail::term_box* {
      auto value = codec<T>::read(from);
      return value ? new runtime::detail::term_values<T>(std::in_place, std::move(*value))
                   : nullptr;
    },
    [](const void* left, const void* right) {
      return runtime::detail::equal_values(*static_cast<const T*>(left),
                                           *static_cast<const T*>(right));
    }};

/// Null for a type that is neither built in nor registered. Any thread.
[[nodiscard]] const known_type* find_type(const std::type_info& type) noexcept;

} // namespace websock::runtime::distribution
