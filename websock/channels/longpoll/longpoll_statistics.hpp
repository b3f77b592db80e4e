// Sessions of clients that poll, in figures.
#pragma once

#include <cstddef>
#include <cstdint>

namespace websock::channels {

struct longpoll_statistics {
  std::size_t sessions = 0; // now
  std::uint64_t overflows =
      0;                      // sessions that ended because nobody fetched their messages
  std::uint64_t refusals = 0; // clients that found no room for a session: max_sessions
};

} // namespace websock::channels
