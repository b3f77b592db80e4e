// What an application writes: the callbacks of one client in one topic. Elixir's
// Phoenix.Channel.
#pragma once

#include "websock/channels/channel/channel_result.hpp"
#include "websock/channels/channel/socket_ref.hpp"
#include "websock/channels/envelope/message_ref.hpp"
#include "websock/channels/envelope/payload.hpp"
#include "websock/runtime/coroutine/frame_pool.hpp"
#include "websock/runtime/term/term.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace websock::runtime {
class process;
}

namespace websock {

class channel_socket;

namespace channels {
class channel_process;
class presence;
} // namespace channels

/// A client's part in one topic, and the code of its process. It begins with `join` and
/// ends when the client leaves or its connection ends:
///
///     class room final : public websock::channel {
///       websock::join_result join(std::string_view, const payload&) override {
///         return ok();
///       }
///       websock::channel_result handle_in(std::string_view event, const payload& in)
///           override {
///         broadcast(event, in);
///         return reply();
///       }
///     };
///
/// Constructed, called and destroyed on the shard of its connection. An exception from a
/// callback ends only this channel: the client gets phx_error and joins again. Each
/// callback but terminate may be a coroutine that waits (runtime/wait/waits.hpp).
class channel {
public:
  using payload = channels::payload;

  channel() = default;
  channel(const channel&) = delete;
  channel& operator=(const channel&) = delete;
  virtual ~channel() = default;

protected:
  // What follows is available from `join` on, not in the constructor.
  [[nodiscard]] runtime::process& self() const;
  [[nodiscard]] const std::string& topic() const;
  /// The socket that the client has connected with, as its `connect` left it.
  template <class Socket>
  [[nodiscard]] const Socket& socket() const {
    return dynamic_cast<const Socket&>(its_socket());
  }
  /// What the client calls its join, and the push that is being handled; null outside.
  [[nodiscard]] const channels::message_ref& join_ref() const;
  [[nodiscard]] const channels::message_ref& ref() const;
  /// For a reply to the push that is being handled, later and from anywhere. Throws
  /// std::logic_error if there is none, or the client expects no reply.
  [[nodiscard]] channels::socket_ref reference() const;

  // What follows throws std::logic_error before the join is accepted: send a message to
  // self() in `join`, and do it in handle_info. A payload must be an object or binary,
  // else std::invalid_argument.
  /// Sends an event to this client.
  void push(std::string_view event, const payload& body = {}) const;
  /// Sends an event to all clients in this topic, this one included.
  void broadcast(std::string_view event, const payload& body = {}) const;
  /// The same without this client.
  void broadcast_from(std::string_view event, const payload& body = {}) const;

  /// Accepts a join.
  [[nodiscard]] static join_result ok(payload reply = {}) {
    return {join_result::kind::accepted, std::move(reply)};
  }
  /// Refuses it; the client tries again.
  [[nodiscard]] static join_result refuse(payload reason = {}) {
    return {join_result::kind::refused, std::move(reason)};
  }
  [[nodiscard]] static channel_result noreply() { return {}; }
  /// The same; if no message comes within `limit`, handle_info gets runtime::idle.
  [[nodiscard]] static channel_result noreply_until(runtime::duration limit) {
    return channel_result(limit);
  }
  /// Replies to the push that is being handled, with the status "ok".
  [[nodiscard]] static channel_result reply(payload body = {}) {
    return reply_as("ok", std::move(body));
  }
  [[nodiscard]] static channel_result reply_error(payload body = {}) {
    return reply_as("error", std::move(body));
  }
  [[nodiscard]] static channel_result reply_as(std::string status, payload body = {}) {
    return channel_result(channel_result::reply{std::move(status), std::move(body)});
  }
  /// Ends the channel: phx_close for `normal` and `shutdown`, else phx_error. With a
  /// reply: `reply(...).and_stop(why)`.
  [[nodiscard]] static channel_result stop(runtime::exit_reason why) {
    return runtime::stopping{std::move(why)};
  }

private:
  friend class channels::channel_process;
  friend class channels::presence;
  friend runtime::detail::frame_pool* frames_of(const channel& self) noexcept;

  /// A client wants to join `topic`. The arguments are valid until the callback is done.
  virtual join_result join(std::string_view topic, const payload& params) = 0;
  /// A push of the client. Not overridden: the channel crashes.
  virtual channel_result handle_in(std::string_view event, const payload& in);
  /// A message of another process, a timer or a monitor. Not overridden: it is logged.
  virtual channel_result handle_info(runtime::term info);
  /// A broadcast with one of the events of `intercepted`. By default it is pushed.
  virtual channel_result handle_out(std::string_view event, const payload& out);
  /// The events that go to handle_out. Asked once, when the join is accepted.
  [[nodiscard]] virtual std::vector<std::string> intercepted() const { return {}; }
  /// The last callback: not after an untrapped exit signal, nor if `join` threw.
  virtual void terminate(const runtime::exit_reason& why) { static_cast<void>(why); }

  [[nodiscard]] channels::channel_process& host() const;
  [[nodiscard]] const channel_socket& its_socket() const;

  channels::channel_process* host_ = nullptr;
};

/// The pool of the shard that runs this channel; null before it runs.
[[nodiscard]] runtime::detail::frame_pool* frames_of(const channel& self) noexcept;

} // namespace websock
