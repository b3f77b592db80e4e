// What a value of Erlang's weighs in a mailbox that has a limit in bytes.
#pragma once

#include "../etf/value.hpp"

#include <cstddef>

namespace websock::runtime::distribution {

/// The heap memory that it owns or shares, about. Takes as long as the value is large.
[[nodiscard]] std::size_t weight_of(const etf::value& subject) noexcept;

} // namespace websock::runtime::distribution
