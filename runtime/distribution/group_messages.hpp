// What the processes of one scope on different nodes say to each other: the messages of
// Erlang's pg. Source: lib/kernel/src/pg.erl of OTP 25, scenarios dist.pg.*.
#pragma once

#include "etf/pid.hpp"
#include "etf/value.hpp"

#include <utility>
#include <variant>
#include <vector>

namespace websock::runtime::distribution::group_message {

/// {discover, Peer}: answered with `sync`, and with `discover` by whom the peer is new
/// to.
struct discover {
  etf::pid peer;
};
/// {'$gen_cast', {sync, Peer, [{Group, Pids}]}}: all members on the peer's node.
struct sync {
  etf::pid peer;
  std::vector<std::pair<etf::value, std::vector<etf::pid>>> groups;
};
/// {join, Peer, Group, PidOrPids}
struct join {
  etf::pid peer;
  etf::value group;
  std::vector<etf::pid> pids;
};
/// {leave, Peer, PidOrPids, Groups}: each pid leaves each of the groups once.
struct leave {
  etf::pid peer;
  std::vector<etf::pid> pids;
  std::vector<etf::value> groups;
};
/// None of them.
struct other {};
using any = std::variant<other, discover, sync, join, leave>;

/// Elements of lists that are not what they should be are left out. The head of a cast is
/// taken off before. Source: also {discover, Peer, Version}, of OTP 26.
[[nodiscard]] any read(const etf::value& message);

[[nodiscard]] etf::value write(const discover& message);
[[nodiscard]] etf::value write(const sync& message);
[[nodiscard]] etf::value write(const join& message);
[[nodiscard]] etf::value write(const leave& message);

} // namespace websock::runtime::distribution::group_message
