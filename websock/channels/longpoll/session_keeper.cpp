// Ends all sessions of a server that stops.
#include "websock/channels/longpoll/session_keeper.hpp"

#include "websock/runtime/process/process.hpp"
#include "websock/runtime/process/process_block.hpp"

namespace websock::channels {

void session_keeper::on_start() {
  self().trap_exit(true);
}

void session_keeper::on_message(runtime::term message) {
  const auto* const order = message.get_if<runtime::exit_signal>();
  if (order == nullptr || !self().is_parent(order->from))
    return;
  all_->drain();
  runtime::detail::block_of(self()).end(order->reason);
}

} // namespace websock::channels
