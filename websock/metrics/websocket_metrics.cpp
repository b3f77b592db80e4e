// What shards give of their connections, and what is counted from events of servers.
#include "websock/metrics/websocket_metrics.hpp"

#include "websock/metrics/connection_meter.hpp"
#include "websock/runtime/metrics/metrics.hpp"
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/telemetry/event.hpp"
#include "websock/telemetry/server_events.hpp"

#include <array>
#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace websock {

namespace {

using protocol::opcode;
using runtime::event;
using runtime::metric_counter;
using runtime::metric_labels;
using runtime::metric_set;

constexpr std::string_view events_id = "websock.metrics.server";

struct named_opcode {
  opcode code;
  const char* name;
};
constexpr std::array<named_opcode, 5> kinds{{{opcode::text, "text"},
                                             {opcode::binary, "binary"},
                                             {opcode::ping, "ping"},
                                             {opcode::pong, "pong"},
                                             {opcode::close, "close"}}};
// Numbers of bits: sizes up to 63, 255, 1,023, ..., 16,777,215 octets.
constexpr std::array<std::size_t, 10> bits{6, 8, 10, 12, 14, 16, 18, 20, 22, 24};

void add_sizes(const frame_meter& its, const std::string& direction, metric_set& into) {
  runtime::histogram_values sizes;
  sizes.counts.resize(bits.size() + 1);
  for (const auto width : bits)
    sizes.bounds.push_back(static_cast<double>((std::uint64_t{1} << width) - 1));
  for (const auto code : {opcode::text, opcode::binary}) {
    std::size_t bucket = 0;
    std::size_t width = 0;
    for (const auto& each : its.at(code)) {
      ++width;
      bucket += bucket < bits.size() && width > bits[bucket] ? 1U : 0U;
      sizes.counts[bucket] += each.messages;
      sizes.sum += static_cast<double>(each.octets);
    }
  }
  into.histogram("websock_message_size_bytes",
                 "Sizes of text and binary messages, decompressed", std::move(sizes),
                 {{"direction", direction}});
}

void add_frames(const frame_meter& its, const std::string& direction, metric_set& into) {
  for (const auto& [code, name] : kinds) {
    const auto all = its.total(code);
    const metric_labels which{{"direction", direction}, {"type", name}};
    into.counter("websock_messages_total",
                 "Messages and control frames of connections, by direction",
                 static_cast<double>(all.messages), which);
    into.counter("websock_payload_bytes_total", "Octets in them, decompressed",
                 static_cast<double>(all.octets), which);
  }
  add_sizes(its, direction, into);
}

[[nodiscard]] std::string code_at(std::size_t place) {
  constexpr std::array<const char*, 3> groups{"3xxx", "4xxx", "other"};
  return place < 16 ? std::to_string(1'000 + place) : groups[place - 16];
}

void add_closes(const close_meter& its, metric_set& into) {
  using by = close_meter::by;
  for (const auto& [who, name] : {std::pair{by::us, "us"}, std::pair{by::peer, "peer"}})
    for (std::size_t place = 0; place < close_meter::codes; ++place)
      if (const auto count = its.count(who, place); count != 0)
        into.counter(
            "websock_closes_total",
            "Connections that have ended, by close code and by who sent it first",
            static_cast<double>(count), {{"code", code_at(place)}, {"by", name}});
}

void add_connections(runtime::shard& home, metric_set& into) {
  const auto& its = home.owner().extension<connection_meters>().at(home);
  into.counter("websock_connections_opened_total",
               "WebSocket connections that have begun, of servers, gateways and clients",
               static_cast<double>(its.opened));
  into.gauge("websock_connections", "WebSocket connections that are open on a shard",
             static_cast<double>(its.opened - its.closed),
             {{"shard", std::to_string(home.index())}});
  add_frames(its.received, "in", into);
  add_frames(its.sent, "out", into);
  const auto& counts = its.callbacks.counts();
  into.histogram("websock_callback_seconds",
                 "Time that callbacks take, of every 64th on a shard",
                 {{callback_meter::bounds.begin(), callback_meter::bounds.end()},
                  {counts.begin(), counts.end()},
                  its.callbacks.sum()});
  add_closes(its.closes, into);
}

/// The counters of one node, so that no event has to look for them.
class server_counters {
public:
  explicit server_counters(runtime::metrics& its)
      : took_(its.histogram("websock_http_request_seconds",
                            "Time from the head of a request to its response",
                            {0.000'1, 0.001, 0.01, 0.1, 1, 10})),
        tls_(its.counter("websock_tls_failed_total",
                         "Handshakes and streams of TLS that have failed")),
        pauses_(its.counter("websock_accept_pauses_total",
                            "Times that there was no descriptor or memory for a socket")),
        drains_(its.counter("websock_drains_total", "Drains that have begun")) {
    for (std::size_t i = 0; i < answers_.size(); ++i)
      answers_[i] = its.counter("websock_http_responses_total",
                                "Responses, by class of status; 1xx are handshakes",
                                {{"status", std::to_string(i + 1) + "xx"}});
    for (std::size_t i = 0; i < handshakes_.size(); ++i)
      handshakes_[i] = its.counter("websock_handshakes_total",
                                   "Handshakes: accepted, or what has refused them",
                                   {{"result", results[i]}});
  }

  void count(const event& what) noexcept {
    if (what.name == events::request_stop)
      count_answer(what);
    else if (what.name == events::handshake_refused)
      count_refusal(what);
    else if (what.name == events::tls_failed)
      tls_->add();
    else if (what.name == events::accept_pause)
      pauses_->add();
    else
      drains_->add();
  }

private:
  static constexpr std::array<const char*, 8> results{
      "accepted", "route",     "origin",    "limit",
      "draining", "malformed", "exception", "other"};

  void count_answer(const event& what) noexcept {
    const auto* const status = what.find<int>("status");
    if (status == nullptr || *status < 100 || *status > 599)
      return;
    answers_[static_cast<std::size_t>(*status / 100 - 1)]->add();
    if (*status == 101)
      handshakes_.front()->add();
    took_->observe(static_cast<double>(what.measured("duration").value_or(0)) / 1e9);
  }
  void count_refusal(const event& what) noexcept {
    const auto* const by = what.find<std::string>("by");
    std::size_t place = 1;
    while (place + 1 < results.size() && (by == nullptr || *by != results[place]))
      ++place;
    handshakes_[place]->add();
  }

  std::array<std::shared_ptr<metric_counter>, 5> answers_;
  std::array<std::shared_ptr<metric_counter>, results.size()> handshakes_;
  std::shared_ptr<runtime::metric_histogram> took_;
  std::shared_ptr<metric_counter> tls_, pauses_, drains_;
};

/// Whether the metrics of this library are part of those of a node.
struct registration {
  explicit registration(runtime::node&) {}
  std::atomic<bool> is_done{false};
};

} // namespace

void count_websockets(runtime::node& owner) {
  if (owner.extension<registration>().is_done.exchange(true))
    return;
  static_cast<void>(owner.extension<connection_meters>());
  auto& its = runtime::metrics_of(owner);
  its.add_shard_source("websock.connections", add_connections);
  owner.events().attach(std::string(events_id),
                        {events::request_stop, events::handshake_refused,
                         events::tls_failed, events::accept_pause, events::drain_start},
                        [counters = std::make_shared<server_counters>(its)](
                            const event& what) { counters->count(what); });
}

} // namespace websock
