// A request that expects a reply, as it arrives in a mailbox.
#pragma once

#include "../term/exit_reason.hpp"
#include "../term/reference.hpp"
#include "../term/term.hpp"
#include "pid.hpp"
#include "send.hpp"

#include <memory>
#include <string_view>
#include <utility>

namespace websock::runtime {

struct name_at;

namespace detail {

/// The destination of a reply. Only the first reply counts; if none is given, destroying
/// the last `from` replies with an error.
class reply_target {
public:
  virtual ~reply_target() = default;
  virtual void reply(term value) = 0;
};

/// The other node that a server is on; empty for one of this node. Valid as long as the
/// address. (foreign.cpp)
[[nodiscard]] std::string_view node_of(const pid& server) noexcept;
[[nodiscard]] std::string_view node_of(const name_at& server) noexcept;

} // namespace detail

/// The caller of a request. Copy it, keep it, reply later from any process. Source:
/// GenServer.from().
class from {
public:
  from() = default;
  explicit from(std::shared_ptr<detail::reply_target> target)
      : target_(std::move(target)) {}
  friend bool operator==(const from&, const from&) = default;

private:
  template <class... Ts>
  friend void reply(const from& to, Ts&&... values);
  std::shared_ptr<detail::reply_target> target_;
};

/// Replies to a request; only the first reply counts. Source: GenServer.reply/2.
template <class... Ts>
void reply(const from& to, Ts&&... values) {
  if (to.target_)
    to.target_->reply(detail::make_term(std::forward<Ts>(values)...));
}

/// The result of a request sent with `process::send_request`: a reply, or the reason why
/// there is none (`noproc`, `timeout`, the server's exit reason, "calling_self"). Source:
/// gen_server:check_response/2.
struct response {
  reference id;
  term value;         // empty on failure
  exit_reason failed; // `normal` on success, or when the server exited with it

  [[nodiscard]] bool is_answered() const noexcept { return static_cast<bool>(value); }
};

/// The message of a request. Source: {'$gen_call', From, Request}.
struct gen_call {
  from caller;
  term request;
};

namespace request {

/// Sent to a gen_server or a supervisor: exits with `why`, in order. Nothing else is
/// replied. Source: GenServer.stop/3.
struct stop {
  exit_reason why;
};

} // namespace request
} // namespace websock::runtime
