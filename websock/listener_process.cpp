// The process that accepts.
#include "websock/listener_process.hpp"

#include "runtime/access.hpp"
#include "runtime/process.hpp"

#include <utility>

namespace websock {

using runtime::detail::access;

listener_process::listener_process(std::shared_ptr<server_parts> server)
    : server_(std::move(server)) {
}

void listener_process::on_start() {
  turn_ = server_->entry->start(
      [this] { access::run_turn(self(), [this] { server_->entry->accept(); }); });
}

// Nobody has to tell it anything.
void listener_process::on_message(runtime::term) {
}

void listener_process::on_exit(const runtime::exit_reason&) noexcept {
  server_->entry->pause(turn_);
}

} // namespace websock
