// The channels of one socket: which topics are joined, and what is going on there.
#pragma once

#include "websock/channels/envelope/envelope.hpp"
#include "websock/channels/envelope/message_ref.hpp"
#include "websock/runtime/address/pid.hpp"
#include "websock/runtime/table/flat_table.hpp"
#include "websock/runtime/term/reference.hpp"

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace websock::channels {

/// What a client has sent to a topic and nobody has handled yet. Nearly always empty, and
/// then it takes no memory, as a deque would.
using waiting_messages = std::list<inbound_message>;

/// A topic from its join until its channel is gone. Most are joined and at rest, so what
/// the other states need is apart (bench/channels: idle channel).
struct joined_channel {
  enum class state : std::uint8_t {
    joining,  // the answer is due; messages wait for it
    joined,   // messages go to the channel
    leaving,  // the same, until it has stopped
    replaced, // joined a second time: its process is to exit; messages wait
  };
  struct unsettled {
    runtime::reference timer; // of joining and replaced
    message_ref join_message; // its ref
    /// What the client called the channel before this one, if its phx_close is still due.
    std::optional<message_ref> closes;
    waiting_messages waiting;
    bool is_late = false; // joining has taken too long
  };

  std::string topic;
  runtime::pid who;
  runtime::reference monitor;
  message_ref join_ref; // as the client gave it
  std::unique_ptr<unsettled> rest{};
  state now = state::joining;

  [[nodiscard]] bool holds_back() const noexcept {
    return now == state::joining || now == state::replaced;
  }
  /// Made when it is needed first.
  [[nodiscard]] unsettled& pending() {
    if (!rest)
      rest = std::make_unique<unsettled>();
    return *rest;
  }
  [[nodiscard]] waiting_messages take_waiting() noexcept {
    return rest ? std::exchange(rest->waiting, {}) : waiting_messages();
  }
};

/// By topic and by process. Most clients join one topic, which takes no memory besides
/// its entry (bench/channels: idle channel).
class joined_channels {
public:
  [[nodiscard]] std::size_t size() const noexcept { return by_process_.size(); }
  /// Null if the topic is not joined.
  [[nodiscard]] joined_channel* find(std::string_view topic) const noexcept;
  /// Null if it is the process of none.
  [[nodiscard]] joined_channel* find(const runtime::pid& who) const noexcept;
  /// Valid until it is removed. Its topic is not joined yet.
  joined_channel& add(joined_channel what);
  /// Removes it and returns what waited there.
  waiting_messages remove(std::string_view topic);

  /// Calls `work` with each, in the order of their topics. It may change none of them.
  template <class F>
  void for_each(F work) const {
    if (const auto* const only = find_only())
      return work(*only);
    for (const auto* each : by_topic_)
      work(*each);
  }

private:
  using places = std::vector<joined_channel*>;
  [[nodiscard]] joined_channel* find_only() const noexcept {
    return size() == 1 ? (*by_process_.begin()).second.get() : nullptr;
  }
  [[nodiscard]] places::const_iterator place_of(std::string_view topic) const noexcept;

  runtime::detail::flat_table<runtime::pid, std::unique_ptr<joined_channel>> by_process_;
  places by_topic_; // sorted; empty for one
};

} // namespace websock::channels
