// Drains a server as the last act of a process.
#include "websock/serve/connections_process.hpp"

#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/process.hpp"
#include "websock/runtime/process/process_block.hpp"

#include <random>
#include <string>
#include <utility>

namespace websock {

using runtime::detail::block_of;

connections_process::connections_process(std::shared_ptr<server_sockets> sockets)
    : sockets_(std::move(sockets)) {
}

void connections_process::on_start() {
  self().trap_exit(true);
}

void connections_process::on_message(runtime::term message) {
  if (const auto* signal = message.get_if<runtime::exit_signal>()) {
    if (!signal->from) // the node is stopping, and asks each connection itself
      return block_of(self()).end(signal->reason);
    if (self().is_parent(signal->from))
      drain();
  } else if (message.is<drained>()) {
    finish();
  }
}

void connections_process::drain() {
  if (std::exchange(is_draining_, true))
    return;
  sockets_->service.door.close();
  const auto how = sockets_->drain_order();
  if (how.new_clients == newcomers::find_no_port)
    sockets_->acceptor->stop();
  else
    stay_open([this] {
      static_cast<void>(sockets_->acceptor->start([this] {
        block_of(self()).run_turn(
            [this] { stay_open([this] { sockets_->acceptor->accept(); }); });
      }));
    });
  const bool has_begun =
      sockets_->draining.begin(sockets_->hosts(), how, std::random_device{}(),
                               [me = self().pid()] { runtime::send(me, drained{}); });
  if (!has_begun)
    finish();
}

// A crash here would gain nothing: the server is ending, and its connections must be
// told.
void connections_process::stay_open(const std::function<void()>& step) {
  try {
    step();
  } catch (...) {
    sockets_->acceptor->stop();
    sockets_->service.node.log_thrown("who comes while the server drains gets no 503",
                                      runtime::log_level::warning);
  }
}

void connections_process::finish() {
  sockets_->acceptor->stop();
  sockets_->close_sessions(sockets_);
  block_of(self()).end(runtime::reason::shutdown);
}

void connections_process::on_exit(const runtime::exit_reason&) noexcept {
  if (is_draining_)
    sockets_->acceptor->stop();
}

} // namespace websock
