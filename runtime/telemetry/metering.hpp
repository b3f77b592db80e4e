// How the parts of a node know that its metrics are read: as if by an event that somebody
// listens to. It is never told. Its bit is that of no other event of the libraries.
#pragma once

#include "event_name.hpp"

namespace websock::runtime::detail {

inline constexpr event_name metering("websock.metrics");

} // namespace websock::runtime::detail
