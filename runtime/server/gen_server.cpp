// The loop of a gen_server: from message to callback to what the callback wants.
#include "gen_server.hpp"

#include "../process/node.hpp"
#include "../process/process_block.hpp"
#include "../process/shard.hpp"
#include "../term/thrown.hpp"

#include <stdexcept>

namespace websock::runtime {

namespace {

/// The timer of a timeout; its reference tells an old one from the current one.
struct limit_passed {
  int unused = 0;
};

/// The answer of a handle_call: out at the latest when the callback is done with, and
/// after `terminate` when it stops the server, as in OTP.
struct pending_answer {
  const from& caller;
  term value;
  void send() {
    if (value)
      reply(caller, std::exchange(value, {}));
  }
  ~pending_answer() { send(); }
};

} // namespace

call_result gen_server::handle_call(term request, from) {
  throw std::logic_error("no handle_call for " + to_string(request));
}

server_result gen_server::handle_cast(term request) {
  throw std::logic_error("no handle_cast for " + to_string(request));
}

server_result gen_server::handle_info(term info) {
  self().node().log(log_level::warning,
                    "process " + to_string(self().pid())
                        + " got an unexpected message: " + to_string(info));
  return noreply();
}

server_result gen_server::handle_continue(term argument) {
  throw std::logic_error("no handle_continue for " + to_string(argument));
}

void gen_server::on_start() {
  // terminate is not for a server that never came up, hence no invoke.
  if (auto first = result_of(purpose::start, {}, init()))
    come_up(*std::move(first));
}

void gen_server::come_up(server_result first) {
  declined_ = first.what() == server_result::kind::ignore;
  if (first.what() == server_result::kind::stop)
    detail::block_of(self()).end(first.reason());
  else if (declined_)
    detail::block_of(self()).end(reason::normal);
  else if (first.what() == server_result::kind::go_on)
    unfinished_ = first.argument();
  else
    apply(std::move(first));
}

// The result, unless it is that of a callback that waits: then it is kept for
// `on_resumed`.
template <class Result>
std::optional<Result> gen_server::result_of(purpose what, from caller, Result result) {
  auto& callback = result.callback();
  if (!callback)
    return result;
  if (callback.is_done())
    return callback.template take<typename Result::promise_type>();
  waiting_ = std::make_unique<waiting_callback>(
      waiting_callback{what, std::move(caller), std::move(callback)});
  return std::nullopt;
}

void gen_server::on_resumed() {
  if (go_on() && held_ && !pause_ && !waiting_)
    on_message(std::exchange(held_, {}));
}

// False when that was the end.
bool gen_server::go_on() {
  if (pause_) {
    pause_.reset();
    return finish_start();
  }
  if (!waiting_ || !waiting_->callback.is_done())
    return true;
  const auto done = std::move(waiting_);
  const auto take = [&done] {
    return done->callback.take<server_result::promise_type>();
  };
  switch (done->what) {
  case purpose::start:
    come_up(take());
    return true;
  case purpose::answer:
    conclude(done->caller, invoke(purpose::answer, done->caller, [&done] {
               return done->callback.take<call_result::promise_type>();
             }));
    return true;
  case purpose::go_on:
    return apply(invoke(purpose::go_on, {}, take));
  }
  return true;
}

// Whoever waits for the start waits for init only, as in OTP. False when that was the
// end.
bool gen_server::finish_start() {
  return pause_ || !unfinished_ || apply(continue_with(std::exchange(unfinished_, {})));
}

void gen_server::on_message(term message) {
  if (!finish_start())
    return;
  if (pause_ || waiting_) { // the start is not finished yet
    held_ = std::move(message);
    return;
  }
  if (const auto* passed = message.get_if<timer_expired>();
      passed != nullptr && passed->message.is<limit_passed>()) {
    if (passed->ref != limit_)
      return; // a message came before it
    message = term(idle{});
  }
  if (limit_)
    self().cancel_timer(std::exchange(limit_, {}));
  dispatch(std::move(message));
}

void gen_server::on_overload() {
  if (finish_start())
    end(detail::mailbox_full(self()));
}

void gen_server::dispatch(term message) {
  if (const auto* call = message.get_if<gen_call>()) {
    serve(*call);
  } else if (const auto* cast = message.get_if<detail::gen_cast>()) {
    apply(invoke(purpose::go_on, {}, [&] { return handle_cast(cast->request); }));
  } else if (const auto* exited = message.get_if<exit_signal>();
             exited != nullptr && self().is_parent(exited->from)) {
    end(exited->reason); // OTP: a server does not outlive its parent
  } else {
    apply(invoke(purpose::go_on, {}, [&] { return handle_info(std::move(message)); }));
  }
}

void gen_server::serve(const gen_call& call) {
  if (const auto* order = call.request.get_if<request::stop>())
    end(order->why);
  conclude(call.caller, invoke(purpose::answer, call.caller,
                               [&] { return handle_call(call.request, call.caller); }));
}

void gen_server::conclude(const from& caller, std::optional<call_result> result) {
  if (!result)
    return; // it waits
  pending_answer answer{caller, result->answer()};
  if (result->what() != server_result::kind::stop)
    answer.send();
  apply(std::move(*result));
}

template <class Callback>
auto gen_server::invoke(purpose what, from caller, Callback callback)
    -> std::optional<std::invoke_result_t<Callback&>> {
  try {
    return result_of(what, std::move(caller), callback());
  } catch (const signalled_exit&) {
    throw;
  } catch (const exit_request& request) {
    end(request.reason);
  } catch (...) {
    terminate(detail::thrown_reason());
    throw;
  }
}

/// The rest of the chain comes before any message, but behind other processes.
void gen_server::pause(term argument) {
  unfinished_ = std::move(argument);
  pause_ = std::make_unique<detail::rest_of_turn>(self());
}

// A loop, not a recursion: handle_continue may ask to go on for as long as it likes.
// False when that was the end.
bool gen_server::apply(std::optional<server_result> result) {
  for (std::size_t in_turn = 0; result && result->what() == server_result::kind::go_on;
       ++in_turn) {
    const term argument = result->argument();
    if (in_turn == shard::turn_limit) {
      pause(argument);
      return true;
    }
    result = invoke(purpose::go_on, {}, [&] { return handle_continue(argument); });
  }
  if (!result)
    return true; // it waits
  if (result->what() == server_result::kind::stop) {
    terminate(result->reason());
    detail::block_of(self()).end(result->reason());
    return false;
  }
  if (result->what() == server_result::kind::wait_with_limit)
    start_limit(result->limit());
  return true;
}

void gen_server::start_limit(duration limit) {
  if (limit != infinity)
    limit_ = self().start_timer(limit, self(), limit_passed{});
}

void gen_server::end(const exit_reason& why) {
  terminate(why);
  process::exit(why);
}

} // namespace websock::runtime
