// Says to one other node what there is to say. A process of its own for each node: where
// one takes nothing, this process is suspended, and nobody else waits.
#pragma once

#include "websock/channels/presence/presence_table.hpp"
#include "websock/runtime/behaviour/behaviour.hpp"

#include <atomic>
#include <memory>
#include <string>
#include <utility>

namespace websock::channels {

/// Whether a speaker knows already that there is something to say.
using speaker_wake = std::shared_ptr<std::atomic<bool>>;

class presence_speaker final : public runtime::behaviour {
public:
  struct speak {};

  presence_speaker(std::shared_ptr<presence_table> table, std::string node,
                   speaker_wake is_woken)
      : table_(std::move(table)), node_(std::move(node)), is_woken_(std::move(is_woken)) {
  }

private:
  // Then others have their turn, and too much that waits suspends the process.
  static constexpr int messages_at_once = 16;

  void on_message(runtime::term message) override;
  bool say_one();

  const std::shared_ptr<presence_table> table_;
  const std::string node_;
  const speaker_wake is_woken_;
};

} // namespace websock::channels
