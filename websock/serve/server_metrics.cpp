// The figures of a server as metrics.
#include "websock/serve/server_metrics.hpp"

#include "websock/http/response.hpp"
#include "websock/http/token.hpp"
#include "websock/runtime/metrics/metrics.hpp"
#include "websock/runtime/process/process.hpp"
#include "websock/runtime/time/clock.hpp"
#include "websock/serve/server_sockets.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace websock {

namespace {

using runtime::metric_format;
using runtime::metric_set;

/// Counts one connection of a route.
class route_visit final : public departure::observer {
public:
  route_visit(std::shared_ptr<route_figures> of, departure leaving) noexcept
      : figures_(std::move(of)), leaving_(std::move(leaving)) {
    ++figures_->open;
    ++figures_->opened;
  }
  void departed() noexcept override {
    --figures_->open;
    delete this;
  }

private:
  const std::shared_ptr<route_figures> figures_;
  const departure leaving_;
};

void add_routes(const http_service& its, metric_set& into) {
  for (const auto& each : its.patterns) {
    const auto opened = each->opened.load();
    if (opened == 0)
      continue;
    into.gauge("websock_route_connections", "Open connections of a route",
               static_cast<double>(each->open.load()), {{"route", each->pattern}});
    into.counter("websock_route_connections_opened_total",
                 "Connections that a route has accepted", static_cast<double>(opened),
                 {{"route", each->pattern}});
  }
}

void add_server(const http_service& its, metric_set& into) {
  into.gauge("websock_server_connections",
             "Connections of servers that count to the limit",
             static_cast<double>(its.door.count()));
  into.gauge("websock_server_suspended",
             "Of these, waiting for a peer that does not read",
             static_cast<double>(its.unsent.suspended.load()));
  into.gauge("websock_server_unsent_bytes", "Theirs, not yet taken by the kernel",
             static_cast<double>(its.unsent.bytes.load()));
  into.gauge("websock_server_body_bytes",
             "Bodies of requests that are being read or answered",
             static_cast<double>(its.bodies->taken()));
  into.gauge("websock_server_draining", "Servers that are draining or have drained",
             its.door.is_closed() ? 1 : 0);
  into.counter("websock_server_cut_off_total", "Sockets that ended before all was sent",
               static_cast<double>(its.unsent.cut_off.load()));
  into.counter("websock_server_handshakes_evicted_total",
               "Sockets closed to make room for others",
               static_cast<double>(its.handshakes_evicted.load()));
  into.counter("websock_server_origins_refused_total",
               "Requests refused because of their origin",
               static_cast<double>(its.door.origins_refused()));
  into.counter("websock_server_bodies_refused_total",
               "Bodies refused for lack of room in max_body_bytes",
               static_cast<double>(its.bodies_refused.load()));
  add_routes(its, into);
}

// RFC 9110 §12.4.2; what is malformed counts as 0.
[[nodiscard]] double weight_of(std::string_view parameters) {
  const auto at = parameters.find("q=");
  if (at == std::string_view::npos)
    return 1;
  const auto text = http::trim(parameters.substr(at + 2));
  double weight = 0;
  const auto [end, failed] =
      std::from_chars(text.data(), text.data() + text.size(), weight);
  return failed == std::errc() && weight >= 0 && weight <= 1 ? weight : 0;
}

/// The largest weight that a media type has in the header Accept; 0: it has none.
[[nodiscard]] double weight_of(const http::request& request, std::string_view type) {
  double most = 0;
  for (auto list : request.header_values("accept"))
    while (const auto element = http::take_list_element(list)) {
      const auto name = element->substr(0, element->find(';'));
      if (http::equal_ignoring_case(http::trim(name), type))
        most = std::max(most, weight_of(element->substr(name.size())));
    }
  return most;
}

runtime::waiting<http::response> show_metrics(runtime::process& self,
                                              const http::request& request) {
  const auto format = wanted_format(request);
  static_cast<void>(runtime::request_metrics(self, format));
  const auto text_of = [](const runtime::metrics_answer& answer) { return answer.text; };
  auto text = co_await self.receive(runtime::infinity, text_of); // answer_timeout ends it
  http::response shown;
  shown.with_header("Content-Type", std::string(runtime::content_type(format)))
      .with_header("Cache-Control", "no-store")
      .with_header("Vary", "Accept");
  shown.body = std::move(*text);
  co_return shown;
}

} // namespace

std::unique_ptr<runtime::metric_source>
metrics_of(const std::shared_ptr<server_sockets>& its) {
  const auto id = reinterpret_cast<std::uintptr_t>(its.get());
  return std::make_unique<runtime::metric_source>(
      its->service.node, "websock.server." + std::to_string(id),
      [weak = std::weak_ptr(its)](metric_set& into) {
        if (const auto sockets = weak.lock())
          add_server(sockets->service, into);
      });
}

metric_format wanted_format(const http::request& request) {
  const double open = weight_of(request, "application/openmetrics-text");
  return open > 0 && open >= weight_of(request, "text/plain") ? metric_format::openmetrics
                                                              : metric_format::prometheus;
}

route_action metrics_route() {
  return route_action(show_metrics);
}

departure visit(const http_route& route, departure leaving) {
  return departure(*new route_visit(route.figures, std::move(leaving)));
}

} // namespace websock
