// The types that a message may be without being registered.
#pragma once

#include "known_type.hpp"

#include <vector>

namespace websock::runtime::distribution {

[[nodiscard]] std::vector<const known_type*> builtin_types();

} // namespace websock::runtime::distribution
