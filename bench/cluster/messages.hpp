// What the two nodes say to each other.
#pragma once

#include "websock/runtime/pid.hpp"

#include <cstdint>

namespace bench {

/// Answered by `usage`, which tells of everything that came before.
struct ask {
  websock::runtime::pid from;
};
struct usage {
  websock::runtime::pid sink;
  std::int64_t messages = 0; // of plain strings
  std::int64_t octets = 0;
  std::int64_t cpu_us = 0;
  std::int64_t resident_kib = 0;
  std::int64_t process = 0;    // of the operating system
  std::int64_t deliveries = 0; // to subscribers
};

/// Comes back as it is.
struct ping {
  websock::runtime::pid from;
  std::int64_t sent_ns = 0;
};

/// Answered by a vector of the pids of so many new processes.
struct populate {
  websock::runtime::pid from;
  std::int64_t count = 0;
};

/// Both nodes need it before the first message.
void register_messages();

/// CPU of this program so far, in microseconds; user and system.
[[nodiscard]] std::int64_t cpu_us();
/// Its resident memory.
[[nodiscard]] std::int64_t resident_kib();

} // namespace bench
