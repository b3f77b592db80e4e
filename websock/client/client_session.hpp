// A ready-made handler for a client that delivers its frames as messages to another
// process: a gen_server that owns its connection, a thread, a test.
#pragma once

#include "websock/handler/close_reason.hpp"
#include "websock/handler/handler.hpp"
#include "websock/handler/message.hpp"
#include "websock/protocol/opcode.hpp"
#include "websock/runtime/address/pid.hpp"
#include "websock/runtime/term/reference.hpp"

#include <string>

namespace websock {

/// To the owner: the connection is up.
struct connected {
  runtime::pid connection;
  std::string subprotocol; // the negotiated one; empty if there is none
};
/// To the owner: a message, a ping (already answered) or a pong.
struct received {
  runtime::pid connection;
  protocol::opcode code;
  std::string payload;
};
/// To the owner: the connection is ending; nothing is received after this.
struct closed {
  runtime::pid connection;
  close_reason why;
};

/// Start it with `connect<client_session>(node, url, options, owner)`. It sends the owner
/// `connected`, `received` and `closed`. Any process may send to it:
///
///     runtime::send(connection, websock::text("hello"));         // a message to send
///     runtime::send(connection, websock::close_detail(1000));    // close it
///
/// It ends with its owner. If connecting fails it exits, as every client does: monitor it
/// or link to it.
class client_session final : public handler {
public:
  explicit client_session(runtime::pid owner) : owner_(std::move(owner)) {}

private:
  handle_result init() override;
  handle_result handle_in(message_view in) override;
  handle_result handle_info(runtime::term info) override;
  handle_result handle_control(control_view control) override;
  void terminate(const close_reason& why) override;

  runtime::pid owner_;
  runtime::reference owner_watch_;
};

} // namespace websock
