// Counting octets, and telling them at the end.
#include "websock/transport/counted_transport.hpp"

#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/telemetry/event.hpp"
#include "websock/telemetry/server_events.hpp"

#include <cassert>
#include <utility>

namespace websock {

using runtime::event_facts;

counted_transport::counted_transport(runtime::shard& home,
                                     std::unique_ptr<transport> below)
    : home_(home), below_(std::move(below)), peer_(below_->peer_name()),
      since_(home.read_clock()) {
  home_.owner().events().tell(events::connection_start, [this] {
    return event_facts{{}, {{"remote_address", peer_}}};
  });
}

counted_transport::~counted_transport() {
  home_.owner().events().tell(events::connection_stop, [this] {
    return event_facts{{{"duration", home_.read_clock() - since_},
                        {"recv_oct", received_octets_},
                        {"recv_cnt", received_times_},
                        {"send_oct", sent_octets_},
                        {"send_cnt", sent_times_}},
                       {{"remote_address", peer_}}};
  });
}

io_result counted_transport::read(std::span<std::byte> into) {
  const auto result = below_->read(into);
  if (result.count > 0) {
    received_octets_ += result.count;
    ++received_times_;
  }
  return result;
}

io_result counted_transport::sent(io_result result) noexcept {
  if (result.count > 0) {
    sent_octets_ += result.count;
    ++sent_times_;
  }
  return result;
}

void counted_transport::watch(runtime::io_target& target, runtime::interest wanted) {
  target_ = &target;
  below_->watch(*this, wanted);
}

std::string counted_transport::unwatch(runtime::io_target& target) noexcept {
  assert(target_ == nullptr || target_ == &target);
  static_cast<void>(target);
  auto rest = below_->unwatch(*this);
  sent_octets_ -= rest.size();
  target_ = nullptr;
  return rest;
}

// What was posted and not sent is sent again by the target.
void counted_transport::on_unsent(std::string_view rest) {
  sent_octets_ -= rest.size();
  target_->on_unsent(rest);
}

std::unique_ptr<transport> counted(runtime::shard& home,
                                   std::unique_ptr<transport> socket) {
  const auto& table = home.owner().events();
  const auto is_told = [&table](runtime::event_name name) { // not one with the same bit
    return table.is_heard(name) && !table.handlers_of(name).empty();
  };
  if (!is_told(events::connection_start) && !is_told(events::connection_stop))
    return socket;
  return std::make_unique<counted_transport>(home, std::move(socket));
}

} // namespace websock
