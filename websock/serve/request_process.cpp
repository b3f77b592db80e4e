// Runs a waiting_handler.
#include "websock/serve/request_process.hpp"

#include "websock/runtime/behaviour/function_body.hpp"
#include "websock/runtime/process/process.hpp"

namespace websock {

request_process::answering
request_process::answering::begin(runtime::process&,
                                  runtime::waiting<http::response> handler) {
  answering done;
  done.answer_ = co_await std::move(handler);
  co_return done;
}

http::response request_process::answering::take() {
  auto done = std::exchange(call_, {}).take<promise_type>();
  return *std::move(done.answer_);
}

void request_process::on_start() {
  self().limit_mailbox(setup_.mailbox);
  call_ = answering::begin(self(), (*setup_.handler)(self(), setup_.request));
  on_resumed();
}

void request_process::on_resumed() {
  if (!call_.is_done())
    return;
  setup_.answer.keep(call_.take());
  runtime::detail::end_normally(self());
}

} // namespace websock
