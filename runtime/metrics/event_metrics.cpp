// What is counted from events: it happens rarely.
#include "../mailbox/mailbox_limit.hpp"
#include "../process/node.hpp"
#include "../process/node_meter.hpp"
#include "../telemetry/event.hpp"
#include "../telemetry/metering.hpp"
#include "../telemetry/runtime_events.hpp"
#include "metrics.hpp"

#include <array>
#include <memory>
#include <string>
#include <utility>

namespace websock::runtime {

namespace {

constexpr std::string_view handler_id = "websock.metrics";

[[nodiscard]] std::string name_of(when_full policy) {
  switch (policy) {
  case when_full::drop_newest:
    return "drop_newest";
  case when_full::drop_oldest:
    return "drop_oldest";
  case when_full::exit_killed:
    return "exit_killed";
  case when_full::close:
    return "close";
  case when_full::keep_latest:
    break;
  }
  return "keep_latest";
}

/// The counters of one node, so that no event has to look for them.
struct event_counters {
  explicit event_counters(metrics& its)
      : restarts(its.counter("websock_supervisor_restarts_total",
                             "Children that supervisors have started again")),
        gave_up(its.counter("websock_supervisor_gave_up_total",
                            "Supervisors that stopped after too many restarts")),
        slow(its.counter("websock_slow_turns_total",
                         "Turns that have held a shard for longer than slow_turn")),
        node_ups(its.counter("websock_cluster_node_up_total",
                             "Connections to other nodes that have begun")),
        node_downs(its.counter("websock_cluster_node_down_total",
                               "Connections to other nodes that have ended")),
        handlers(its.counter("websock_event_handlers_failed_total",
                             "Handlers of events that have thrown and are detached")) {
    for (std::size_t i = 0; i < shed.size(); ++i)
      shed[i] = its.counter("websock_mailbox_shed_total",
                            "Messages that full mailboxes have dropped, by policy",
                            {{"policy", name_of(static_cast<when_full>(i))}});
  }

  void count(const event& what) noexcept {
    if (what.name == events::mailbox_full)
      count_shed(what);
    else if (what.name == events::supervisor_restart)
      restarts->add();
    else if (what.name == events::supervisor_gave_up)
      gave_up->add();
    else if (what.name == events::turn_slow)
      slow->add();
    else if (what.name == events::node_up)
      node_ups->add();
    else if (what.name == events::node_down)
      node_downs->add();
    else
      handlers->add();
  }
  void count_shed(const event& what) noexcept {
    const auto* const policy = what.find<when_full>("policy");
    if (policy != nullptr)
      shed[static_cast<std::size_t>(*policy)]->add(
          static_cast<std::uint64_t>(what.measured("dropped").value_or(0)));
  }

  std::shared_ptr<metric_counter> restarts, gave_up, slow, node_ups, node_downs, handlers;
  std::array<std::shared_ptr<metric_counter>, 5> shed; // by when_full
};

} // namespace

metrics::metrics(node& owner) : owner_(owner) {
  listen();
}

metrics::~metrics() {
  owner_.events().detach(handler_id);
}

void metrics::listen() {
  const auto counters = std::make_shared<event_counters>(*this);
  owner_.events().attach(std::string(handler_id),
                         {events::mailbox_full, events::supervisor_restart,
                          events::supervisor_gave_up, events::turn_slow, events::node_up,
                          events::node_down, events::handler_failed, detail::metering},
                         [counters](const event& what) { counters->count(what); });
}

metrics& metrics_of(node& owner) {
  static_cast<void>(
      owner.extension<detail::node_meter>()); // made before it is looked for
  return owner.extension<metrics>();
}

} // namespace websock::runtime
