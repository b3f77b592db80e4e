// What all sessions at one path have in common, and how requests find them.
#pragma once

#include "websock/channels/longpoll/longpoll_statistics.hpp"
#include "websock/channels/longpoll/session_places.hpp"
#include "websock/channels/longpoll/session_tokens.hpp"
#include "websock/channels/socket/endpoint.hpp"
#include "websock/http/origin.hpp"
#include "websock/http/request.hpp"
#include "websock/options/options.hpp"
#include "websock/runtime/address/pid.hpp"
#include "websock/runtime/mailbox/mailbox_limit.hpp"
#include "websock/runtime/registry/registry.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace websock::channels {

/// Any thread.
class poll_sessions {
public:
  /// `its` are the options that WebSockets at `path` have. `of` allows polling.
  poll_sessions(std::shared_ptr<const endpoint> of, const upgrade_options& its,
                const std::string& path);

  [[nodiscard]] const std::shared_ptr<const endpoint>& of() const noexcept { return of_; }
  [[nodiscard]] const longpoll_options& options() const noexcept {
    return *of_->options.longpoll;
  }
  [[nodiscard]] const http::origin_policy& origin() const noexcept { return origin_; }
  [[nodiscard]] const runtime::mailbox_limit& mailbox() const noexcept {
    return mailbox_;
  }

  /// A place for a session of the client of this request. Empty, and counted, if there is
  /// none, or the server stops.
  [[nodiscard]] std::optional<session_places::place>
  take_place(const http::request& request);
  /// `self` is the process of the session with this name, until it exits. Throws
  /// std::runtime_error if the server stops.
  void enter(runtime::process& self, std::string_view session);
  /// The process that the client with this token polls; empty if there is none.
  [[nodiscard]] runtime::pid find(std::string_view token) const;
  [[nodiscard]] std::string token_for(std::string_view session) const;
  void count_overflow() noexcept { ++overflows_; }

  /// Lets no further session begin, and tells each of them to end. By the process that
  /// stands for all of them, when the server stops.
  void drain();
  [[nodiscard]] longpoll_statistics statistics() const noexcept;

private:
  const std::shared_ptr<const endpoint> of_;
  const http::origin_policy origin_;
  const runtime::mailbox_limit mailbox_;
  const session_tokens tokens_;
  const std::shared_ptr<session_places> places_; // a session may outlive the server
  runtime::registry by_name_{runtime::registry::keys_are::unique};
  std::atomic<bool> is_closed_{false};
  std::atomic<std::uint64_t> overflows_{0};
  std::atomic<std::uint64_t> refusals_{0};
};

} // namespace websock::channels
