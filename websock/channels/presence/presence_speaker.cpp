// From the state, one message at a time, to the ear of the other node.
#include "websock/channels/presence/presence_speaker.hpp"

#include "websock/runtime/address/not_transmissible.hpp"
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/process.hpp"

#include <variant>

namespace websock::channels {

void presence_speaker::on_message(runtime::term message) {
  if (!message.is<speak>())
    return;
  *is_woken_ = false;
  for (int i = 0; i < messages_at_once; ++i)
    if (!say_one())
      return;
  if (!is_woken_->exchange(true))
    self().send(self().pid(), speak{});
}

bool presence_speaker::say_one() {
  auto said = table_->with_state(
      [this](presence_state& state) { return state.next_message(node_); });
  if (!said)
    return false;
  try {
    std::visit(
        [this](auto& each) { table_->address().send(self(), node_, std::move(each)); },
        *said);
  } catch (const runtime::not_transmissible&) { // where messages must be even smaller
    self().node().log_thrown("presence");
  }
  return true;
}

} // namespace websock::channels
