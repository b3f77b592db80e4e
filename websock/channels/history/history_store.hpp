// Where the messages of topics are kept: an interface.
#pragma once

#include "websock/channels/history/position.hpp"
#include "websock/channels/history/topic_options.hpp"
#include "websock/runtime/time/clock.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace websock::channels {

/// A message that clients may have missed.
struct kept_message {
  std::uint64_t offset;
  std::string event;
  std::string text; // of the payload: a JSON object
};

/// What came after a position.
struct missed_messages {
  /// Whether that is all: if not, there are none.
  bool is_complete = false;
  std::vector<std::shared_ptr<const kept_message>> messages{}; // in order
};

struct history_figures {
  std::size_t topics = 0;   // that have an epoch
  std::size_t messages = 0; // kept
  std::size_t octets = 0;   // of all that is kept
  std::uint64_t appended = 0;
  std::uint64_t expired = 0;   // messages that were too old
  std::uint64_t dropped = 0;   // messages for which there was no room
  std::uint64_t forgotten = 0; // topics that lost their epoch
  /// How often a node of a cluster no longer knew whose messages a topic has, for lack of
  /// room: clients that come from another node load it anew. Stores leave it 0.
  std::uint64_t sources_forgotten = 0;
};

/// Calls for one topic come one at a time, those for different topics from any threads at
/// the same time. They hold up a shard, so they should be short. `now` never goes back
/// for long: threads may be a little apart.
class history_store {
public:
  history_store() = default;
  history_store(const history_store&) = delete;
  history_store& operator=(const history_store&) = delete;
  virtual ~history_store() = default;

  /// The position of the last message of `topic`. Begins an epoch if it has none.
  [[nodiscard]] virtual position last(std::string_view topic) = 0;
  /// Keeps a message at `at`: what `last` has returned just now, plus one; or the first
  /// of another epoch, with which the topic begins anew. When it throws, nothing has
  /// changed. `now` may be earlier than before then: the message is as old as that.
  virtual void append(std::string_view topic, const topic_options& within,
                      const position& at, std::string_view event, std::string_view text,
                      runtime::time_point now) = 0;
  /// All messages behind `after`, if it is of the same epoch, not in the future, and
  /// everything since is still kept.
  [[nodiscard]] virtual missed_messages since(std::string_view topic,
                                              const topic_options& within,
                                              const position& after,
                                              runtime::time_point now) = 0;
  [[nodiscard]] virtual history_figures figures() const = 0;
};

} // namespace websock::channels
