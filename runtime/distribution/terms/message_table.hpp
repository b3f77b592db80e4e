// The types that can cross to other nodes, of the whole program.
#pragma once

#include "known_type.hpp"
#include "message.hpp"

#include <memory>
#include <string_view>
#include <typeinfo>

namespace websock::runtime::distribution {

/// Null when no type has this name. Any thread; takes no lock.
[[nodiscard]] const any_message* find_message(std::string_view name) noexcept;

/// Each stays known as long as the program runs. Any thread.
void add_type(const known_type& type);
/// Returns the registration, which is `added` or an equal one of before. Calls `publish`
/// with it before anybody can find it by name. Throws std::invalid_argument when name and
/// type do not belong together, or the name is none.
void add_message(std::unique_ptr<const any_message> added, const known_type& type,
                 void (*publish)(const any_message&) noexcept);

} // namespace websock::runtime::distribution
