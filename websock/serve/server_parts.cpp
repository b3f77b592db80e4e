// What the processes of a server work on.
#include "websock/serve/server_parts.hpp"

#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/shard.hpp"
#include "websock/serve/on_shard.hpp"
#include "websock/transport/owned_descriptor.hpp"

#include <cassert>
#include <string>
#include <utility>

namespace websock {

server_parts::server_parts(runtime::node& node, server_options options)
    : core(node, std::move(options)), order_(core.options.drain) {
}

void server_parts::open() {
  shards_.clear(); // of a start that failed
  entry = std::make_unique<listener>(
      core.node.shard_at(0), core.options, [this](int descriptor) { deal(descriptor); },
      [this](const std::string& why) {
        core.node.log(runtime::log_level::warning, "accepting pauses: " + why);
      });
  for (std::size_t i = 0; i < core.node.shard_count(); ++i)
    shards_.push_back(std::make_unique<server_shard>(core, core.node.shard_at(i)));
}

void server_parts::deal(int descriptor) {
  assert(core.node.shard_at(0).is_accessible() && "the listener's shard deals");
  owned_descriptor own(descriptor);
  server_shard& to = *shards_[next_shard_++ % shards_.size()];
  if (to.shard().is_current())
    to.accept(std::move(own));
  else
    to.shard().post([&to, own = std::move(own)](runtime::shard&) mutable {
      to.accept(std::move(own));
    });
}

void server_parts::close_sessions(const std::shared_ptr<server_parts>& keep) {
  for (const auto& each : shards_)
    each->shard().post([keep, &closing = *each](runtime::shard&) { closing.close(); });
}

void server_parts::close() {
  run_on(core.node.shard_at(0), [this] { entry->stop(); });
  for (const auto& each : shards_) // behind what was dealt to it
    run_on(each->shard(), [&] { each->close(); });
}

std::vector<connection_host*> server_parts::hosts() const {
  std::vector<connection_host*> all;
  for (const auto& each : shards_)
    all.push_back(&each->host());
  return all;
}

void server_parts::drain_as(const drain_options& how) {
  const std::lock_guard lock(mutex_);
  order_ = how;
}

drain_options server_parts::drain_order() const {
  const std::lock_guard lock(mutex_);
  return order_;
}

} // namespace websock
