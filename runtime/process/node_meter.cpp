// Finding what a shard counts.
#include "node_meter.hpp"

#include "../telemetry/metering.hpp"
#include "node.hpp"
#include "shard.hpp"

#include <cassert>

namespace websock::runtime::detail {

node_meter::node_meter(node& owner) : shards_(owner.shard_count()) {
}

process_meter& node_meter::at(const shard& home) noexcept {
  assert(home.is_accessible() && "a shard's figures are its own");
  return shards_[home.index()];
}

process_meter* meter_of(shard& home) {
  auto& owner = home.owner();
  return owner.events().is_heard(metering) ? &owner.extension<node_meter>().at(home)
                                           : nullptr;
}

} // namespace websock::runtime::detail
