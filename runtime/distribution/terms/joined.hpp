// A tuple that came from another node, read as a term of several values.
#pragma once

#include "../../term/term.hpp"
#include "decoding.hpp"

namespace websock::runtime::distribution {

/// Reads all that is left as one value of these types: alone, or in a tuple when they are
/// several. The caller releases the box; null when it does not fit.
[[nodiscard]] const runtime::detail::term_box*
read_as(const runtime::detail::term_shape& wanted, decoding& from);

} // namespace websock::runtime::distribution
