// How much may wait in a mailbox, and what happens to messages beyond the limit.
#pragma once

#include <cstddef>
#include <cstdint>

namespace websock::runtime {

/// The policy for a message that finds the mailbox full.
enum class when_full : std::uint8_t {
  drop_newest, // drop the new message
  drop_oldest, // drop the messages that have waited longest
  exit_killed, // exit at once with `killed`: max_heap_size in Erlang
  close,       // drop all waiting messages and end the process in order: a connection
  // closes with 1013, any other process exits with `mailbox_full`
  keep_latest, // replace an older message with the same `mailbox_key`
  // (runtime/term/mailbox_key.hpp); without one, drop superseded messages
  // first, then the messages that have waited longest
};

/// Set with `process::limit_mailbox`. Only messages from other processes and threads are
/// ever dropped: exit signals, `down`, timers, responses and the runtime's own signals
/// may wait in any number.
struct mailbox_limit {
  std::uint32_t max_messages = 0; // 0: no limit, as in Erlang
  /// The memory of messages and all that they keep alive (runtime/term/heap_size.hpp). 0:
  /// no limit. A message larger than the limit by itself is dropped or, under some
  /// policies, ends the process.
  std::size_t max_bytes = 0;
  when_full policy = when_full::exit_killed;
};

} // namespace websock::runtime
