// How much may wait in a mailbox, and what happens to messages beyond that.
#pragma once

#include <cstddef>
#include <cstdint>

namespace websock::runtime {

/// What becomes of a message that finds the mailbox full.
enum class when_full : std::uint8_t {
  drop_newest, // that message is dropped
  drop_oldest, // the messages that wait longest are dropped instead
  exit_killed, // the process ends at once, with `killed`: max_heap_size in Erlang
  close,       // all messages that wait are dropped, and the process is to end in order:
               // a connection closes with 1013, any other exits with `mailbox_full`
  keep_latest, // an older message with the same `mailbox_key`
               // (runtime/term/mailbox_key.hpp) is dropped, and the new one has its
               // place; without one, what has been superseded so; without that, the
               // messages that wait longest
};

/// Set with `process::limit_mailbox`. Only messages that other processes and threads sent
/// are ever dropped: exit signals, `down`, timers, responses and what is the runtime's
/// own wait in any number.
struct mailbox_limit {
  std::uint32_t max_messages = 0; // 0: no limit, as in Erlang
  /// Of messages with all that they keep in memory (runtime/term/heap_size.hpp). 0: no
  /// limit. A message that is larger by itself is dropped or, where the policy says so,
  /// ends the process.
  std::size_t max_bytes = 0;
  when_full policy = when_full::exit_killed;
};

} // namespace websock::runtime
