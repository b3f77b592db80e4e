// The process that other nodes speak to. What it has no room for is dropped, and asked
// for again: the tracker, which must not miss that a node is connected, is not in reach.
#pragma once

#include "websock/channels/presence/presence_table.hpp"
#include "websock/runtime/behaviour/behaviour.hpp"

#include <cstddef>
#include <memory>
#include <utility>

namespace websock::channels {

class presence_ear final : public runtime::behaviour {
public:
  explicit presence_ear(std::shared_ptr<presence_table> table)
      : table_(std::move(table)) {}

private:
  static constexpr std::size_t most_octets = 33'554'432;

  void on_start() override;
  void on_message(runtime::term message) override;
  void on_end_of_turn() override { table_->wake_tracker(); }
  template <class Message>
  bool take(const runtime::term& said);

  const std::shared_ptr<presence_table> table_;
};

} // namespace websock::channels
