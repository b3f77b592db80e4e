// The loop of a gen_server: from message to callback to what the callback wants.
#include "runtime/gen_server.hpp"

#include "runtime/node.hpp"

#include <stdexcept>

namespace runtime {

namespace {

/// The answer of a handle_call: goes out when the callback is done with, and after
/// `terminate` when it stops the server, as in OTP.
struct pending_answer {
  const from& caller;
  term value;
  ~pending_answer() {
    if (value)
      reply(caller, value);
  }
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

void gen_server::on_start() {
  if (const auto result = init(); result.stop_reason())
    process::exit(
        *result.stop_reason()); // terminate is not for a server that never came up
}

void gen_server::on_message(term message) {
  if (const auto* call = message.get_if<gen_call>()) {
    pending_answer answer{call->caller, {}};
    invoke([&] {
      auto result = handle_call(call->request, call->caller);
      answer.value = result.answer();
      return static_cast<server_result>(std::move(result));
    });
  } else if (const auto* cast = message.get_if<detail::gen_cast>()) {
    invoke([&] { return handle_cast(cast->request); });
  } else if (const auto* signal = message.get_if<exit_signal>();
             signal != nullptr && self().is_parent(signal->from)) {
    end(signal->reason);
  } else {
    invoke([&] { return handle_info(std::move(message)); });
  }
}

template <class Callback>
void gen_server::invoke(Callback callback) {
  server_result result;
  try {
    result = callback();
  } catch (const exit_request& request) {
    end(request.reason);
  } catch (...) {
    terminate(detail::escaped_exception());
    throw;
  }
  apply(result);
}

void gen_server::apply(const server_result& result) {
  if (result.stop_reason())
    end(*result.stop_reason());
}

void gen_server::end(const exit_reason& why) {
  terminate(why);
  process::exit(why);
}

} // namespace runtime
