// What an application writes: the callbacks of one connection. Elixir's WebSock
// behaviour.
#pragma once

#include "websock/handler/close_reason.hpp"
#include "websock/handler/flushing.hpp"
#include "websock/handler/handle_result.hpp"
#include "websock/handler/message.hpp"
#include "websock/runtime/term/term.hpp"

#include <functional>
#include <memory>
#include <string_view>

namespace websock::runtime {
class process;
}

namespace websock {

class connection;

/// The handler of one WebSocket connection, and the code of its process. Frames and
/// messages from other processes come out of one mailbox, one at a time, in the order in
/// which they arrived. Constructed, called and destroyed on its process's shard. A
/// callback that throws ends its own connection only: close code 1011, exit reason
/// `error(what)`, one line in the log. Each callback but terminate may be a coroutine
/// that waits (runtime/wait/waits.hpp): the next one runs when it is done.
class handler {
public:
  handler() = default;
  handler(const handler&) = delete;
  handler& operator=(const handler&) = delete;
  virtual ~handler() = default;

protected:
  /// The process of this connection; from `init` on, not in the constructor.
  [[nodiscard]] runtime::process& self() const;
  /// The subprotocol that was agreed on: for a server one of
  /// upgrade_options::subprotocols, for a client one of client_options::subprotocols;
  /// empty when none was. From `init` on.
  [[nodiscard]] std::string_view subprotocol() const;
  /// `co_await flushed()` waits until all that earlier callbacks pushed has left for the
  /// kernel, or cannot any more.
  [[nodiscard]] flushing flushed() const;

private:
  friend class connection;
  friend runtime::detail::frame_pool* frames_of(const handler& self) noexcept;

  /// The connection is up: the 101 response is on its way, what is pushed here follows
  /// it.
  virtual handle_result init() { return ok(); }
  /// A complete text or binary message.
  virtual handle_result handle_in(message_view in) = 0;
  /// Anything that another process, a timer or a monitor sent.
  virtual handle_result handle_info(runtime::term info) {
    static_cast<void>(info);
    return ok();
  }
  /// A ping, which has been answered, or a pong.
  virtual handle_result handle_control(control_view control) {
    static_cast<void>(control);
    return ok();
  }
  /// The last callback, once on every path but an untrapped exit signal and an exception
  /// in `init`, before the close frame. What it throws is the exit reason.
  virtual void terminate(const close_reason& why) { static_cast<void>(why); }

  connection* connection_ = nullptr;
};

/// Makes the handler of a connection, on the connection's shard.
using handler_factory = std::function<std::unique_ptr<handler>()>;

} // namespace websock
