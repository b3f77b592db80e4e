// What the presences of different nodes say to each other.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

namespace websock::channels::presence_message {

/// The steps of a log are numbered from 1. An entry has the number of the step that
/// tracked it.
using number = std::uint64_t;

using tracked = std::tuple<std::string, std::string, std::string>; // topic, key, meta
using updated = std::tuple<number, std::string>;                   // entry, meta
using untracked = number;                                          // entry
using step = std::variant<tracked, updated, untracked>;
using entry = std::tuple<number, std::string, std::string, std::string>;

/// The log of `node` in the life `creation` has been told up to `seq`: the first word on
/// each connection, and repeated.
struct heartbeat {
  std::string node;
  number creation = 0;
  number seq = 0;
};

/// Steps of a log, the first of which has the number `first`.
struct steps {
  std::string node;
  number creation = 0;
  number first = 0;
  std::vector<presence_message::step> list;
};

/// `node` asks the owner of a log for the steps after `after`; or, in the middle of a
/// snapshot, for the entries after `cursor`. When the steps are not kept any more, the
/// first piece of a snapshot is the answer.
struct ask {
  std::string node;
  number creation = 0;
  number after = 0;
  number cursor = 0;
};

/// A part of a snapshot: the entries after `after` as they were after the step `seq`.
struct piece {
  std::string node;
  number creation = 0;
  number seq = 0;
  number after = 0;
  std::vector<entry> entries;
  bool is_last = false;
};

/// That life of `node` is over, in good order. Source: permdown.
struct farewell {
  std::string node;
  number creation = 0;
};

using any = std::variant<heartbeat, steps, ask, piece, farewell>;

} // namespace websock::channels::presence_message
