// What a connection tells those who listen.
#include "websock/connection/connection.hpp"
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/process.hpp"
#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/telemetry/event.hpp"
#include "websock/runtime/term/term_box.hpp"
#include "websock/telemetry/server_events.hpp"

#include <string>
#include <typeinfo>
#include <utility>

namespace websock {

using runtime::event_facts;

namespace {

[[nodiscard]] std::string handler_name(const handler* body) {
  std::string text;
  if (body != nullptr)
    runtime::detail::print_type(text, typeid(*body));
  return text;
}

} // namespace

std::unique_ptr<connection_record> connection::make_record(runtime::process& self) {
  using keeps = connection_record::keeps;
  const bool is_heard = self.node().events().is_heard(events::websocket_stop);
  auto* const meter = meter_of(self.shard());
  if (!is_heard && meter == nullptr)
    return nullptr;
  return std::make_unique<connection_record>(
      self.shard().read_clock(), is_heard ? keeps::tallies : keeps::no_tallies, meter);
}

void connection::tell_start(std::int64_t compress) const noexcept {
  self_.node().events().tell(events::websocket_start, [&] {
    return event_facts{{{"compress", compress}}, {{"pid", self_.pid()}}};
  });
}

void connection::tell_end(const runtime::exit_reason& why) const noexcept {
  if (!record_ || !record_->has_tallies())
    return;
  self_.node().events().tell(events::websocket_stop, [&] {
    auto about = event_facts{record_->measurements(self_.shard().read_clock()),
                             {{"pid", self_.pid()},
                              {"handler", handler_name(handler_.get())},
                              {"code", int{record_->code()}},
                              {"closed_by", std::string(record_->closed_by())},
                              {"reason", why}}};
    if (why.is_abnormal())
      about.metadata.emplace_back("error", why);
    return about;
  });
}

void connection::tell_callback(runtime::event_name name, callback which,
                               std::optional<runtime::time_point> since) const noexcept {
  const auto now = self_.shard().read_clock();
  self_.node().events().tell(name, [&] {
    event_facts about{{},
                      {{"pid", self_.pid()},
                       {"handler", handler_name(handler_.get())},
                       {"callback", std::string(name_of(which))}}};
    if (since)
      about.measurements.emplace_back("duration", now - *since);
    return about;
  });
}

} // namespace websock
