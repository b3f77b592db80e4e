// The process that accepts connections.
#include "websock/serve/listener_process.hpp"

#include "websock/runtime/process/process.hpp"
#include "websock/runtime/process/process_block.hpp"

#include <utility>

namespace websock {

using runtime::detail::block_of;

listener_process::listener_process(std::shared_ptr<server_sockets> sockets)
    : sockets_(std::move(sockets)) {
}

void listener_process::on_start() {
  turn_ = sockets_->acceptor->start(
      [this] { block_of(self()).run_turn([this] { sockets_->acceptor->accept(); }); });
}

// Expects no messages.
void listener_process::on_message(runtime::term) {
}

void listener_process::on_exit(const runtime::exit_reason&) noexcept {
  sockets_->acceptor->pause(turn_);
}

} // namespace websock
