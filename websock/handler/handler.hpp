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

/// The handler of one WebSocket connection, and the code of its process. Messages from
/// the peer and from other processes come out of one mailbox, one at a time, in order of
/// arrival:
///
///     class echo final : public websock::handler {
///       websock::handle_result handle_in(websock::message_view in) override {
///         return websock::push(in);
///       }
///     };
///
/// Constructed, called and destroyed on its process's shard. An exception from a callback
/// ends only this connection: close code 1011, exit reason `error(what)`, one line in the
/// log. Each callback but terminate may be a coroutine that waits
/// (runtime/wait/waits.hpp); the next one runs when it is done.
class handler {
public:
  handler() = default;
  handler(const handler&) = delete;
  handler& operator=(const handler&) = delete;
  virtual ~handler() = default;

protected:
  /// The process of this connection; available from `init` on, not in the constructor.
  [[nodiscard]] runtime::process& self() const;
  /// The negotiated subprotocol: for a server one of upgrade_options::subprotocols, for a
  /// client one of client_options::subprotocols; empty if there is none. From `init` on.
  [[nodiscard]] std::string_view subprotocol() const;
  /// `co_await flushed()` waits until the kernel has taken everything that earlier
  /// callbacks pushed, or never will.
  [[nodiscard]] flushing flushed() const;

private:
  friend class connection;
  friend runtime::detail::frame_pool* frames_of(const handler& self) noexcept;

  /// The connection is up: the 101 response has been queued, and what is pushed here
  /// follows it.
  virtual handle_result init() { return ok(); }
  /// A complete text or binary message.
  virtual handle_result handle_in(message_view in) = 0;
  /// Anything sent by another process, a timer or a monitor.
  virtual handle_result handle_info(runtime::term info) {
    static_cast<void>(info);
    return ok();
  }
  /// A ping, which has already been answered, or a pong.
  virtual handle_result handle_control(control_view control) {
    static_cast<void>(control);
    return ok();
  }
  /// The last callback, before the close frame. Called once however the connection ends,
  /// except by an untrapped exit signal or an exception in `init`. An exception from it
  /// becomes the exit reason.
  virtual void terminate(const close_reason& why) { static_cast<void>(why); }

  connection* connection_ = nullptr;
};

/// Creates the handler of a connection, on the connection's shard.
using handler_factory = std::function<std::unique_ptr<handler>()>;

} // namespace websock
