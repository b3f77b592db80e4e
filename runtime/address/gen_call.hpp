// A request that wants an answer, as it arrives in a mailbox.
#pragma once

#include "websock/runtime/address/send.hpp"
#include "websock/runtime/term/exit_reason.hpp"
#include "websock/runtime/term/reference.hpp"
#include "websock/runtime/term/term.hpp"

#include <memory>
#include <utility>

namespace websock::runtime {

namespace detail {

/// Where an answer goes. The first answer counts; one that is never given is answered
/// with an error when the last `from` is gone.
class reply_target {
public:
  virtual ~reply_target() = default;
  virtual void reply(term value) = 0;
};

} // namespace detail

/// Whom to answer. Copy it, keep it, answer later from any process. Source:
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

/// Answers a request; every answer but the first is dropped. Source: GenServer.reply/2.
template <class... Ts>
void reply(const from& to, Ts&&... values) {
  if (to.target_)
    to.target_->reply(detail::make_term(std::forward<Ts>(values)...));
}

/// How a request that was sent with `process::send_request` came out: an answer, or the
/// reason why there is none (`noproc`, `timeout`, the server's exit reason,
/// "calling_self"). Source: gen_server:check_response/2.
struct response {
  reference id;
  term value;         // empty when it failed
  exit_reason failed; // `normal` when there is a value, or when the server exited so

  [[nodiscard]] bool is_answered() const noexcept { return static_cast<bool>(value); }
};

/// The message of a request. Source: {'$gen_call', From, Request}.
struct gen_call {
  from caller;
  term request;
};

namespace request {

/// To a gen_server or a supervisor: ends it with `why`, in order. That is the only
/// answer. Source: GenServer.stop/3.
struct stop {
  exit_reason why;
};

} // namespace request
} // namespace websock::runtime
