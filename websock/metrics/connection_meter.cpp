// Finding what the connections of a shard count, and what is counted rarely.
#include "websock/metrics/connection_meter.hpp"

#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/telemetry/metering.hpp"

#include <algorithm>
#include <cassert>
#include <chrono>

namespace websock {

frame_meter::tally frame_meter::total(protocol::opcode code) const noexcept {
  tally all;
  for (const auto& each : at(code)) {
    all.messages += each.messages;
    all.octets += each.octets;
  }
  return all;
}

void callback_meter::note(runtime::duration time) noexcept {
  const auto seconds = std::chrono::duration<double>(time).count();
  const auto place = std::lower_bound(bounds.begin(), bounds.end(), seconds);
  ++counts_[static_cast<std::size_t>(place - bounds.begin())];
  sum_ += seconds;
}

std::size_t close_meter::place_of(std::uint16_t code) noexcept {
  if (code >= 1'000 && code <= 1'015)
    return code - 1'000U;
  if (code >= 3'000 && code <= 4'999)
    return code < 4'000 ? 16 : 17;
  return 18;
}

connection_meters::connection_meters(runtime::node& owner)
    : shards_(owner.shard_count()) {
}

connection_meter& connection_meters::at(const runtime::shard& home) noexcept {
  assert(home.is_accessible() && "a shard's figures are its own");
  return shards_[home.index()];
}

connection_meter* meter_of(runtime::shard& home) {
  auto& owner = home.owner();
  return owner.events().is_heard(runtime::detail::metering)
             ? &owner.extension<connection_meters>().at(home)
             : nullptr;
}

} // namespace websock
