// References to frames that many connections of a shard send in a row.
#pragma once

#include "websock/protocol/shared_frame.hpp"

#include <memory>

namespace websock::detail {

using frame_reference = std::shared_ptr<const protocol::shared_frame>;

/// A reference to the frame of `wanted`: one that `put_back` has kept on this thread, or
/// else a new one. Counting costs more than the rest of a small delivery, and is
/// unnecessary for a thousand deliveries in a row (bench: fan-out).
[[nodiscard]] frame_reference take_reference(const frame_reference& wanted) noexcept;

/// Keeps `done` for the next `take_reference` on this thread, replacing another; drops it
/// if its frame is large.
void put_back(frame_reference done) noexcept;

} // namespace websock::detail
