// The messages of Phoenix's protocol, version 2, that carry those of a run. What the
// topics do is in bench/servers/rooms.cpp.
#pragma once

#include "bench/load/messages.hpp"
#include "bench/load/settings.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace bench::phoenix {

/// Every topic of a connection is joined; the first by the reference "1".
[[nodiscard]] messages joins(const settings& wanted);
[[nodiscard]] messages heartbeat();
/// Each text is pushed into the first topic and comes back in the reply.
[[nodiscard]] messages pushes(const settings& wanted,
                              const std::vector<std::string>& texts);
/// Each text is pushed and comes back as a broadcast; in topics "kept:..." with its
/// position behind it.
[[nodiscard]] messages broadcasts(const settings& wanted,
                                  const std::vector<std::string>& texts);
/// The first topic is joined and left. In topics "people:..." who joins is told who is
/// there, and that it is there itself.
[[nodiscard]] messages visits(const settings& wanted);
/// How many of the answers of a visit are those to the join.
[[nodiscard]] std::size_t answers_to_join(const settings& wanted);

} // namespace bench::phoenix
