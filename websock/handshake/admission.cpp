// Decides on upgrades.
#include "websock/handshake/admission.hpp"

#include <utility>

namespace websock {

admission::admission(upgrade_options defaults, std::size_t limit, std::size_t shards,
                     std::chrono::seconds retry_after, report tell)
    : defaults_(std::make_shared<const upgrade_options>(std::move(defaults))),
      limit_(limit != 0 ? limit : connections_per_shard * shards),
      retry_after_(retry_after), tell_(std::move(tell)) {
}

std::variant<accepted_upgrade, http::response>
admission::decide(const http::request& request, upgrade_plan plan,
                  const handshake_setting& where) {
  if (is_closed())
    return unavailable();
  auto outcome = accept_upgrade(request, std::move(plan), defaults_, where);
  if (auto* refusal = std::get_if<http::response>(&outcome))
    return std::move(*refusal);
  if (const auto* foreign = std::get_if<origin_refusal>(&outcome))
    return refuse(request, *foreign);
  // relaxed: the total alone decides; no other data is published with it.
  if (count_.fetch_add(1, std::memory_order_relaxed) < limit_)
    return std::get<accepted_upgrade>(std::move(outcome));
  dismiss();
  return unavailable();
}

http::response admission::refuse(const http::request& request,
                                 const origin_refusal& foreign) {
  if (const auto line = foreign_.note(request))
    tell_(*line);
  return http::forbidden(std::string(foreign.why));
}

http::response admission::unavailable() const {
  return http::service_unavailable(retry_after_);
}

} // namespace websock
