// What the callbacks of a channel return.
#pragma once

#include "websock/channels/envelope/payload.hpp"
#include "websock/runtime/coroutine/callback.hpp"
#include "websock/runtime/term/exit_reason.hpp"
#include "websock/runtime/term/stopping.hpp"
#include "websock/runtime/time/clock.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace websock {

/// What `join` returns: made by channel::ok or channel::refuse. Also a coroutine type: a
/// join that waits uses co_return.
class [[nodiscard]] join_result {
public:
  using promise_type = runtime::detail::callback_promise<join_result>;
  enum class kind : std::uint8_t { accepted, refused };

  join_result(kind what, channels::payload reply)
      : reply_(std::move(reply)), what_(what) {}
  explicit join_result(runtime::detail::running_callback callback) noexcept
      : callback_(std::move(callback)) {}

  [[nodiscard]] bool is_accepted() const noexcept { return what_ == kind::accepted; }
  [[nodiscard]] const channels::payload& reply() const noexcept { return reply_; }
  /// The coroutine that will produce the result, if any.
  [[nodiscard]] runtime::detail::running_callback& callback() noexcept {
    return callback_;
  }

private:
  runtime::detail::running_callback callback_;
  channels::payload reply_;
  kind what_ = kind::refused;
};

/// What the other callbacks return: made by noreply, reply or stop of channel. Also a
/// coroutine type.
class [[nodiscard]] channel_result {
public:
  using promise_type = runtime::detail::callback_promise<channel_result>;

  struct reply {
    std::string status;
    channels::payload body;
  };

  channel_result() = default;
  explicit channel_result(reply answer) : reply_(std::move(answer)) {}
  explicit(false) channel_result(runtime::stopping how) : stop_(std::move(how.why)) {}
  explicit channel_result(runtime::duration idle_after) : limit_(idle_after) {}
  explicit channel_result(runtime::detail::running_callback callback) noexcept
      : callback_(std::move(callback)) {}

  /// The same, but then the channel stops.
  [[nodiscard]] channel_result and_stop(runtime::exit_reason why) && {
    stop_ = std::move(why);
    return std::move(*this);
  }

  [[nodiscard]] const std::optional<reply>& answer() const noexcept { return reply_; }
  [[nodiscard]] const std::optional<runtime::exit_reason>& stop() const noexcept {
    return stop_;
  }
  /// After how long without a message `idle` goes to handle_info.
  [[nodiscard]] const std::optional<runtime::duration>& limit() const noexcept {
    return limit_;
  }
  [[nodiscard]] runtime::detail::running_callback& callback() noexcept {
    return callback_;
  }

private:
  runtime::detail::running_callback callback_;
  std::optional<reply> reply_;
  std::optional<runtime::exit_reason> stop_;
  std::optional<runtime::duration> limit_;
};

} // namespace websock
