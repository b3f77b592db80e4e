// Opens the sockets of a server, deals them to the shards and closes them.
#include "websock/serve/server_sockets.hpp"

#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/run_on_shard.hpp"
#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/telemetry/event.hpp"
#include "websock/telemetry/server_events.hpp"
#include "websock/transport/owned_descriptor.hpp"

#include <cassert>
#include <string>
#include <utility>

namespace websock {

server_sockets::server_sockets(runtime::node& node, server_options options)
    : service(node, std::move(options)), order_(service.options.drain) {
}

void server_sockets::open() {
  shards_.clear(); // left over from a failed start
  acceptor = std::make_unique<websock::acceptor>(
      service.node.shard_at(0), service.options,
      [this](int descriptor) { deal(descriptor); },
      [this](const std::string& why) {
        service.node.log(runtime::log_level::warning, "accepting pauses: " + why);
        service.node.events().tell(events::accept_pause, [&why] {
          return runtime::event_facts{{}, {{"reason", why}}};
        });
      });
  for (std::size_t i = 0; i < service.node.shard_count(); ++i)
    shards_.push_back(std::make_unique<server_shard>(service, service.node.shard_at(i)));
}

void server_sockets::deal(int descriptor) {
  assert(service.node.shard_at(0).is_accessible() && "the acceptor's shard deals");
  owned_descriptor own(descriptor);
  server_shard& to = *shards_[next_shard_++ % shards_.size()];
  if (to.shard().is_current())
    to.accept(std::move(own));
  else
    to.shard().post([&to, own = std::move(own)](runtime::shard&) mutable {
      to.accept(std::move(own));
    });
}

void server_sockets::close_sessions(const std::shared_ptr<server_sockets>& keep) {
  for (const auto& each : shards_)
    each->shard().post([keep, &closing = *each](runtime::shard&) { closing.close(); });
}

void server_sockets::close() {
  runtime::run_on_shard(service.node.shard_at(0), [this] { acceptor->stop(); });
  for (const auto& each : shards_) // after the sockets already dealt to it
    runtime::run_on_shard(each->shard(), [&] { each->close(); });
}

std::vector<connection_host*> server_sockets::hosts() const {
  std::vector<connection_host*> all;
  for (const auto& each : shards_)
    all.push_back(&each->host());
  return all;
}

void server_sockets::drain_as(const drain_options& how) {
  const std::lock_guard lock(mutex_);
  order_ = how;
}

drain_options server_sockets::drain_order() const {
  const std::lock_guard lock(mutex_);
  return order_;
}

} // namespace websock
