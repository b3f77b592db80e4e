// How a WebSocket connection ends: the cause, what terminate is told, what the peer
// receives. Rules are numbered as in docs/semantics.md.
#include "websock/connection/connection.hpp"
#include "websock/protocol/close_payload.hpp"
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/process.hpp"
#include "websock/runtime/term/stopping.hpp"
#include "websock/runtime/term/thrown.hpp"

#include <cassert>
#include <stdexcept>
#include <string>
#include <utility>

namespace websock {

using protocol::close_code;

namespace {

constexpr std::uint16_t abnormal_closure = 1'006; // RFC 6455 §7.4.1: never sent

[[nodiscard]] bool is_shutdown_with(const runtime::exit_reason& reason,
                                    std::string_view word) {
  const auto* detail = reason.detail().get_if<std::string>();
  return reason.is_shutdown() && detail != nullptr && *detail == word;
}

struct stop_meaning {
  close_code code;
  close_reason why;
};

// Rule 8: what a stop reason means for the close frame and for terminate.
[[nodiscard]] stop_meaning meaning_of(const runtime::exit_reason& reason) {
  if (reason.is_normal() || is_shutdown_with(reason, "disconnected"))
    return {close_code::normal, {}};
  if (is_shutdown_with(reason, "restart"))
    return {close_code::service_restart, {}};
  return {close_code::internal_error, close_reason::error(reason)};
}

} // namespace

std::string_view name_of(connection_callback which) noexcept {
  switch (which) {
  case connection_callback::init:
    return "init";
  case connection_callback::handle_in:
    return "handle_in";
  case connection_callback::handle_info:
    return "handle_info";
  case connection_callback::handle_control:
    break;
  }
  return "handle_control";
}

void connection::stop(const handle_result::stopping& how) {
  auto [code, why] = meaning_of(how.reason);
  std::string_view body;
  if (how.detail) {
    code = static_cast<close_code>(how.detail->code);
    body = how.detail->body;
    if (code == close_code::no_status || !protocol::is_sendable_close(code, body))
      throw std::invalid_argument("stop: a close code must be 1000-1003, 1007-1014 or "
                                  "3000-4999, its body at most 123 "
                                  "bytes of UTF-8");
  }
  close(code, body, why, how.reason, ending::wait_for_close_frame);
}

// Runs once; nothing of the handler runs afterwards, not even a waiting callback. If it
// throws, returns the exit reason that results.
std::optional<runtime::exit_reason> connection::terminate(const close_reason& why) {
  waiting_.reset(); // what it holds is destroyed before terminate runs
  const auto before = phase_;
  go(step::end);
  if (before != phase::open)
    return std::nullopt; // it has run, or the connection never came up
  try {
    handler_->terminate(why);
    return std::nullopt;
  } catch (const runtime::signalled_exit&) {
    go(step::interrupt);
    throw;
  } catch (...) {
    return caught("terminate");
  }
}

void connection::close(close_code code, std::string_view body, const close_reason& why,
                       runtime::exit_reason exit, ending how) {
  using closer = connection_record::closer;
  if (why.what == close_reason::kind::remote)
    note_close(why.code, closer::peer);
  else
    note_close(static_cast<std::uint16_t>(code), closer::us);
  auto failed = terminate(why);
  writer_.append_close(output_.target(), code, body);
  since_ = self_.now();
  if (failed)
    leave(std::move(*failed));
  else if (how == ending::at_once)
    leave(std::move(exit));
  else
    exit_ = std::move(exit);
}

void connection::leave(runtime::exit_reason why) {
  go(step::leave);
  exit_ = std::move(why);
}

// Rule 11.
void connection::peer_gone() {
  peer_ = peer_state::gone;
  if (!accepts(stimulus::end_of_stream))
    return;
  note_close(abnormal_closure, connection_record::closer::peer);
  if (phase_ == phase::closing) {
    leave(std::move(exit_));
    return;
  }
  leave(terminate(close_reason::error(runtime::reason::error("closed")))
            .value_or(runtime::reason::shutdown("closed")));
}

// Rule 15.
void connection::send_timed_out() {
  peer_ = peer_state::gone;
  if (!accepts(stimulus::send_timeout))
    return;
  note_close(abnormal_closure, connection_record::closer::us);
  if (phase_ == phase::closing)
    leave(std::move(exit_));
  else
    leave(terminate(close_reason::error(runtime::reason::timeout))
              .value_or(runtime::reason::shutdown("timeout")));
}

// Rule 14.
void connection::shut_down(close_code code) {
  if (options_.drain_code != 0)
    code = static_cast<close_code>(options_.drain_code);
  if (accepts(stimulus::shutdown))
    close(code, {}, {close_reason::kind::shutdown, 0, {}, {}}, runtime::reason::shutdown,
          ending::wait_for_close_frame);
}

// Rule 19.
void connection::overloaded() {
  if (accepts(stimulus::overload))
    close(close_code::try_again_later, "mailbox full",
          close_reason::error(runtime::reason::of(std::string("mailbox_full"))),
          runtime::reason::shutdown("mailbox_full"), ending::wait_for_close_frame);
}

// Rule 16.
void connection::kill(const runtime::exit_reason& why) {
  waiting_.reset(); // what it holds is destroyed before the handler
  if (!accepts(stimulus::kill))
    return;
  go(step::kill);
  const auto code =
      why.is_shutdown() ? close_code::going_away : close_code::internal_error;
  note_close(static_cast<std::uint16_t>(code), connection_record::closer::us);
  writer_.append_close(output_.target(), code, {});
}

// Rule 13. A malformed result of init counts as an exception (rule 7).
void connection::crash(callback which) {
  if (which == callback::init)
    go(step::fail_to_come);
  const auto reason = caught(name_of(which));
  close(close_code::internal_error, {}, close_reason::error(reason), reason,
        ending::at_once);
}

// Called within a catch block.
runtime::exit_reason connection::caught(std::string_view where) const {
  try {
    throw;
  } catch (const runtime::signalled_exit&) {
    throw; // rule 16: ends the process, with no further callback
  } catch (...) {
    auto reason = runtime::detail::thrown_reason();
    if (reason.is_abnormal())
      log_raised(where, reason);
    return reason;
  }
}

void connection::log_raised(std::string_view where,
                            const runtime::exit_reason& what) const {
  std::string line = "connection " + to_string(self_.pid()) + " (";
  if (const handler* handler = handler_.get())
    runtime::detail::print_type(line, typeid(*handler));
  line += ") raised in ";
  line += where;
  self_.node().log(runtime::log_level::error, line + ": " + to_string(what));
}

} // namespace websock
