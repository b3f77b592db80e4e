// Sending messages, from any thread.
#pragma once

#include "../mailbox/letter.hpp"
#include "../term/term.hpp"
#include "alias.hpp"
#include "pid.hpp"

#include <utility>

namespace websock::runtime {

namespace detail {

/// Delivers `entry` to the process's shard: straight into the mailbox when called there,
/// else through the inbox. Takes ownership, even if the process is dead.
void deliver(process& to, signal* entry);
/// The process that a pid names, if it names one: something to deliver to, and nothing
/// else.
class addressee {
public:
  explicit addressee(const pid& to) noexcept : process_(to.local()) {}
  [[nodiscard]] explicit operator bool() const noexcept { return process_ != nullptr; }
  void deliver(signal* entry) const { detail::deliver(*process_, entry); }

private:
  process* process_;
};
/// The same; `to` is a process.
inline void deliver(const pid& to, signal* entry) {
  addressee(to).deliver(entry);
}
/// Delivers a message to the owner of an alias if it is active (process_requests.cpp).
void deliver_to_alias(const alias& to, letter* message);
/// The signal that delivers `message` so; takes ownership.
[[nodiscard]] owned_signal to_alias(reference ref, letter* message);
/// Delivers a message to what is foreign: a process of another node, or a CAF actor.
void deliver_foreign(const pid& to, term message);
/// Delivers a message to a CAF actor that is not one of our processes (caf_actor.cpp).
void deliver_to_actor(const pid& to, term message);

template <class... Ts>
[[nodiscard]] term make_term(Ts&&... values) {
  static_assert(sizeof...(Ts) > 0, "no message to send");
  if constexpr (sizeof...(Ts) == 1 && (std::is_same_v<std::decay_t<Ts>, term> && ...))
    return (std::forward<Ts>(values), ...);
  else
    return term(std::forward<Ts>(values)...);
}

template <class... Ts>
[[nodiscard]] letter* make_kept_letter(Ts&&... values) {
  letter* made = make_letter(std::forward<Ts>(values)...);
  made->keep();
  return made;
}

} // namespace detail

/// Sends `values` as one message: any copyable C++ values, or a single `term`. Never
/// blocks and never fails; sending to a dead or empty pid does nothing. Messages from one
/// sender to one receiver keep their order. To a process of another node, values must be
/// of types that can leave this one: not_transmissible. Source: Erlang's `!`.
template <class... Ts>
void send(const pid& to, Ts&&... values) {
  if (const detail::addressee target(to); target)
    target.deliver(detail::make_letter(std::forward<Ts>(values)...));
  else if (to.is_foreign())
    detail::deliver_foreign(to, detail::make_term(std::forward<Ts>(values)...));
}

/// Reaches the owner while the alias is active; dropped otherwise.
template <class... Ts>
void send(const alias& to, Ts&&... values) {
  detail::deliver_to_alias(to, detail::make_letter(std::forward<Ts>(values)...));
}

namespace detail {

/// Like send, for messages that a full mailbox must not drop: timers, replies, orders.
template <class... Ts>
void send_kept(const pid& to, Ts&&... values) {
  if (const addressee target(to); target)
    target.deliver(make_kept_letter(std::forward<Ts>(values)...));
  else
    send(to, std::forward<Ts>(values)...);
}
template <class... Ts>
void send_kept(const alias& to, Ts&&... values) {
  deliver_to_alias(to, make_kept_letter(std::forward<Ts>(values)...));
}

} // namespace detail
} // namespace websock::runtime
