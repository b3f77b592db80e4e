// Types that may cross to other nodes.
#pragma once

#include "codec_container.hpp"
#include "codec_runtime.hpp"
#include "codec_scalar.hpp"
#include "message.hpp"
#include "message_table.hpp"

#include <memory>
#include <string_view>
#include <type_traits>

namespace websock::runtime {

/// From now on a T crosses to other nodes, Erlang's included, as `{name, Field, ...}`, or
/// as the atom when it is an empty struct:
///
///     runtime::register_message<said>("said", &said::who, &said::text);
///
/// Fields are only ever appended, so that nodes of two builds understand each other: a
/// reader that knows more fields than the sender leaves them as they are in a T{}, and
/// one that knows fewer skips the rest.
///
/// Once per type and name; the same again does nothing, and a contradiction throws
/// std::invalid_argument. Any thread; before the first message of the type.
template <class T, class... Fields>
void register_message(std::string_view name, Fields... fields) {
  namespace terms = distribution;
  static_assert(terms::needs_name<T>, "this type is built in: it crosses as it is");
  static_assert((std::is_member_object_pointer_v<Fields> && ...)
                    && (std::is_invocable_v<Fields, T&> && ...),
                "name the fields by pointers to members: &said::who");
  static_assert(sizeof...(Fields) > 0 || std::is_empty_v<T>,
                "a struct that is not empty has fields: name them");
  (terms::add_type(terms::known_as<terms::field_t<T, Fields>>), ...);
  terms::add_message(
      std::make_unique<const terms::message_of<T, Fields...>>(name, fields...),
      terms::known_as<T>, [](const terms::any_message& added) noexcept {
        // release: pairs with the acquire in codec<T>
        terms::registered<T>.store(static_cast<const terms::message<T>*>(&added),
                                   std::memory_order_release);
      });
}

/// Makes a type that is made of others, such as `std::vector<said>`, a message of its
/// own. Only for whole messages: as the field of a registered type it is one already, and
/// so are common ones (builtin_types.cpp).
template <class T>
void register_message() {
  static_assert(!distribution::needs_name<T>,
                "a struct needs a name: register_message<T>(\"name\", &T::field, ...)");
  distribution::add_type(distribution::known_as<T>);
}

} // namespace websock::runtime
