// What a session tells those who listen.
#include "websock/connection/connection_host.hpp"
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/telemetry/event.hpp"
#include "websock/serve/http_service.hpp"
#include "websock/serve/http_session.hpp"
#include "websock/telemetry/server_events.hpp"

#include <string>
#include <utility>

namespace websock {

namespace {
constexpr int switched_protocols = 101;
}

void http_session::note(const http::request& request) {
  const auto& table = service_.node.events();
  if (!table.is_heard(events::request_stop)
      && !table.is_heard(events::handshake_refused)) {
    noted_ = nullptr;
    return;
  }
  noted_ = std::make_unique<noted_request>(noted_request{
      std::string(request.method()), std::string(request.raw_path()),
      host_.shard().read_clock(), request.has_token("upgrade", "websocket")});
}

// The door has decided on a handshake that the route would have accepted.
void http_session::note_refusal(const http::response& response) noexcept {
  if (!noted_)
    return;
  switch (response.status) {
  case 403:
    noted_->refused_by = "origin";
    break;
  case 503:
    noted_->refused_by = service_.door.is_closed() ? "draining" : "limit";
    break;
  case 500:
    noted_->refused_by = "exception";
    break;
  default:
    noted_->refused_by = "malformed";
  }
}

void http_session::tell_answered(int status) noexcept {
  const auto request = std::exchange(noted_, nullptr);
  if (!request)
    return;
  auto& table = service_.node.events();
  table.tell(events::request_stop, [&] {
    return runtime::event_facts{
        {{"duration", host_.shard().read_clock() - request->since}},
        {{"method", request->method}, {"path", request->path}, {"status", status}}};
  });
  if (request->is_handshake && status != switched_protocols)
    table.tell(events::handshake_refused, [&] {
      return runtime::event_facts{{},
                                  {{"path", request->path},
                                   {"status", status},
                                   {"by", std::string(request->refused_by)},
                                   {"remote_address", socket_->peer_name()}}};
    });
}

} // namespace websock
