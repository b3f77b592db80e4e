// Turns frames into messages, and messages into frames.
#include "websock/client/client_session.hpp"

#include "websock/runtime/process/process.hpp"

namespace websock {

handle_result client_session::init() {
  owner_watch_ = self().monitor(owner_);
  self().send(owner_, connected{self().pid(), std::string(subprotocol())});
  return ok();
}

handle_result client_session::handle_in(message_view in) {
  self().send(owner_, received{self().pid(), in.opcode(), std::string(in.text())});
  return ok();
}

handle_result client_session::handle_control(control_view control) {
  const auto code = control.is_ping() ? protocol::opcode::ping : protocol::opcode::pong;
  self().send(owner_, received{self().pid(), code, std::string(control.payload())});
  return ok();
}

handle_result client_session::handle_info(runtime::term info) {
  if (const auto* out = info.get_if<message>())
    return push(*out);
  if (const auto* how = info.get_if<close_detail>())
    return stop(runtime::reason::normal, *how);
  if (const auto* gone = info.get_if<runtime::down>();
      gone != nullptr && gone->ref == owner_watch_)
    return stop(runtime::reason::normal);
  return ok();
}

void client_session::terminate(const close_reason& why) {
  self().send(owner_, closed{self().pid(), why});
}

} // namespace websock
