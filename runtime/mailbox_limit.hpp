// How long a mailbox may become, and what happens to messages beyond that.
#pragma once

#include <cstdint>

namespace runtime {

/// What becomes of a message that finds the mailbox full.
enum class when_full : std::uint8_t {
  drop_newest, // that message is dropped
  drop_oldest, // the message that waits longest is dropped instead
  exit_killed, // the process ends at once, with `killed`: max_heap_size in Erlang
  close,       // all messages that wait are dropped, and the process is to end in order:
               // a connection closes with 1013, any other exits with `mailbox_full`
};

/// Set with `process::limit_mailbox`. Only messages that other processes and threads sent
/// are ever dropped: exit signals, `down`, timers, responses and what is the runtime's
/// own wait in any number.
struct mailbox_limit {
  std::uint32_t max_messages = 0; // 0: no limit, as in Erlang
  when_full policy = when_full::exit_killed;
};

} // namespace runtime
