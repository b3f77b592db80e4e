// What a callback wants: nothing, messages sent, or the end of the connection.
#pragma once

#include "websock/handler/kept_payload.hpp"
#include "websock/handler/message.hpp"
#include "websock/runtime/coroutine/callback.hpp"
#include "websock/runtime/term/exit_reason.hpp"
#include "websock/runtime/term/term.hpp"

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace websock {

/// The code and body of a close frame, instead of those that follow from the stop reason.
struct close_detail {
  template <std::integral Code>
  explicit(false) close_detail(Code close_code, std::string close_body = {})
      : code(std::in_range<std::uint16_t>(close_code)
                 ? static_cast<std::uint16_t>(close_code)
                 : std::uint16_t{0}),
        body(std::move(close_body)) {}

  std::uint16_t code; // 1000-1003, 1007-1014, 3000-4999; 0: one that does not fit
  std::string body;   // UTF-8, at most 123 bytes
};

/// The value of every callback of a websock::handler. Make it with ok, push, reply or
/// stop. Also a coroutine type: a callback that waits co_returns what others return.
class [[nodiscard]] handle_result {
public:
  using promise_type =
      runtime::detail::callback_promise<handle_result, detail::kept_payload>;

  struct stopping {
    runtime::exit_reason reason;
    std::optional<close_detail> detail;
  };

  handle_result() = default;
  explicit handle_result(message only) : messages_(std::move(only)) {}
  /// The same, made in its place.
  explicit handle_result(message_view in) noexcept
      : messages_(std::in_place_type<message>, in) {}
  explicit handle_result(const shared_message& shared) noexcept
      : messages_(std::in_place_type<message>, shared) {}
  explicit handle_result(std::vector<message> several) : messages_(std::move(several)) {}
  /// What is not known yet: the callback is a coroutine.
  explicit handle_result(runtime::detail::running_callback callback) noexcept
      : messages_(std::move(callback)) {}

  /// What to send, in order.
  [[nodiscard]] std::span<message> messages() noexcept {
    if (auto* only = std::get_if<message>(&messages_))
      return {only, 1};
    if (auto* several = std::get_if<std::vector<message>>(&messages_))
      return *several;
    return {};
  }
  /// The coroutine that will have the result; null when this is the result.
  [[nodiscard]] runtime::detail::running_callback* callback() noexcept {
    return std::get_if<runtime::detail::running_callback>(&messages_);
  }
  /// How to end, after the messages; null to go on.
  [[nodiscard]] const stopping* stop() const noexcept { return stop_.get(); }

  [[nodiscard]] handle_result and_stop(stopping how) && {
    stop_ = std::make_unique<stopping>(std::move(how));
    return std::move(*this);
  }

private:
  std::variant<std::monostate, message, std::vector<message>,
               runtime::detail::running_callback>
      messages_;
  std::unique_ptr<stopping> stop_; // rare, so it costs the others one pointer
};

/// {ok, State}: go on.
inline handle_result ok() {
  return {};
}
/// {push, Messages, State}: send, go on.
inline handle_result push(message only) {
  return handle_result(std::move(only));
}
inline handle_result push(message_view in) {
  return handle_result(in);
}
inline handle_result push(const shared_message& shared) {
  return handle_result(shared);
}
inline handle_result push(std::vector<message> several) {
  return handle_result(std::move(several));
}
inline handle_result push(std::initializer_list<message> several) {
  return handle_result(std::vector<message>(several));
}
/// {reply, Term, Messages, State}: as push; the term is for the reader, as in WebSock.
template <class T>
handle_result reply(T&&, message only) {
  return push(std::move(only));
}
template <class T>
handle_result reply(T&&, std::vector<message> several) {
  return push(std::move(several));
}
template <class T>
handle_result reply(T&&, std::initializer_list<message> several) {
  return push(several);
}
/// {stop, Reason, State}: `terminate`, a close frame, the close handshake, exit with
/// `reason`. The close code is 1000 for `normal` and {shutdown, "disconnected"}, 1012 for
/// {shutdown, "restart"}, otherwise 1011.
inline handle_result stop(runtime::exit_reason reason) {
  return handle_result().and_stop({std::move(reason), {}});
}
/// {stop, Reason, CloseDetail, State}: with this code and body.
inline handle_result stop(runtime::exit_reason reason, close_detail detail) {
  return handle_result().and_stop({std::move(reason), std::move(detail)});
}
/// {stop, Reason, CloseDetail, Messages, State}: sends the messages first.
inline handle_result stop(runtime::exit_reason reason, close_detail detail,
                          std::vector<message> messages) {
  return push(std::move(messages)).and_stop({std::move(reason), std::move(detail)});
}
inline handle_result stop(runtime::exit_reason reason, close_detail detail,
                          message only) {
  return push(std::move(only)).and_stop({std::move(reason), std::move(detail)});
}

} // namespace websock
