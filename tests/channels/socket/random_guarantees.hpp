// What must hold for every connection of a random program, whatever the schedule.
#pragma once

#include "tests/channels/socket/random_client.hpp"
#include "tests/channels/socket/random_room.hpp"

#include <string>
#include <vector>

namespace tests::random_sockets {

/// What is wrong with what `client` has got, when nothing moves any more; empty if all is
/// well. Of a connection that has ended it may lack the end.
[[nodiscard]] std::vector<std::string> violations(const ledger& done,
                                                  const random_client& client);

} // namespace tests::random_sockets
