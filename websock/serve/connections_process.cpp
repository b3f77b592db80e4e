// The drain of a server, as the end of a process.
#include "websock/serve/connections_process.hpp"

#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/process.hpp"
#include "websock/runtime/process/process_block.hpp"

#include <random>
#include <string>
#include <utility>

namespace websock {

using runtime::detail::block_of;

connections_process::connections_process(std::shared_ptr<server_parts> server)
    : server_(std::move(server)) {
}

void connections_process::on_start() {
  self().trap_exit(true);
}

void connections_process::on_message(runtime::term message) {
  if (const auto* signal = message.get_if<runtime::exit_signal>()) {
    if (!signal->from) // the node stops, and asks each connection itself
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
  server_->core.door.close();
  const auto how = server_->drain_order();
  if (how.new_clients == newcomers::find_no_port)
    server_->entry->stop();
  else
    stay_open([this] {
      static_cast<void>(server_->entry->start([this] {
        block_of(self()).run_turn(
            [this] { stay_open([this] { server_->entry->accept(); }); });
      }));
    });
  const bool has_begun =
      server_->draining.begin(server_->hosts(), how, std::random_device{}(),
                              [me = self().pid()] { runtime::send(me, drained{}); });
  if (!has_begun)
    finish();
}

// Nothing is gained by a crash here: the server ends, and the connections must be told.
void connections_process::stay_open(const std::function<void()>& step) {
  try {
    step();
  } catch (...) {
    server_->entry->stop();
    server_->core.node.log_thrown("who comes while the server drains gets no 503",
                                  runtime::log_level::warning);
  }
}

void connections_process::finish() {
  server_->entry->stop();
  server_->close_sessions(server_);
  block_of(self()).end(runtime::reason::shutdown);
}

void connections_process::on_exit(const runtime::exit_reason&) noexcept {
  if (is_draining_)
    server_->entry->stop();
}

} // namespace websock
