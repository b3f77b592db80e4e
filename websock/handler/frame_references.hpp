// References to frames that many connections of a shard send, one after the other.
#pragma once

#include "websock/protocol/shared_frame.hpp"

#include <memory>

namespace websock::detail {

using frame_reference = std::shared_ptr<const protocol::shared_frame>;

/// A reference to the frame of `to`: one that `put_back` has kept on this thread, or else
/// a new one. Counting costs more than the rest of a small delivery, and is not needed
/// for each of a thousand that follow one another (bench: fan-out).
[[nodiscard]] frame_reference take_reference(const frame_reference& to) noexcept;

/// Keeps `done` for the next `take_reference` on this thread, in place of another; drops
/// it when its frame is a large one.
void put_back(frame_reference done) noexcept;

} // namespace websock::detail
