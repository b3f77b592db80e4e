// How the parts of a node know that its metrics are read: as if by an event that somebody
// listens to. It is never told.
#pragma once

#include "event_name.hpp"

namespace websock::runtime::detail {

inline constexpr event_name metering("websock.metering");

} // namespace websock::runtime::detail
