// Messages of other nodes, into the state.
#include "websock/channels/presence/presence_ear.hpp"

#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/process.hpp"

#include <new>

namespace websock::channels {

namespace said = presence_message;

// Traps exits: what another node sends it must not end it.
void presence_ear::on_start() {
  self().trap_exit(true);
  self().limit_mailbox(
      {.max_bytes = most_octets, .policy = runtime::when_full::drop_newest});
  table_->address().listen(self());
}

void presence_ear::on_message(runtime::term said) {
  if (const auto* signal = said.get_if<runtime::exit_signal>())
    if (!signal->from || signal->from == table_->tracker())
      runtime::process::exit(signal->reason);
  try {
    static_cast<void>(take<said::steps>(said) || take<said::heartbeat>(said)
                      || take<said::ask>(said) || take<said::piece>(said)
                      || take<said::farewell>(said));
  } catch (const std::bad_alloc&) { // what was not taken is asked for again
    self().node().log_thrown("presence", runtime::log_level::warning);
  }
}

template <class Message>
bool presence_ear::take(const runtime::term& said) {
  const auto* found = said.get_if<Message>();
  if (found != nullptr)
    table_->with_state([&](presence_state& state) { state.take(*found, self().now()); });
  return found != nullptr;
}

} // namespace websock::channels
