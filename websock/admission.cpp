// Who may become a connection.
#include "websock/admission.hpp"

#include <utility>

namespace websock {

admission::admission(upgrade_options defaults, std::size_t limit, std::size_t shards,
                     std::chrono::seconds retry_after)
    : defaults_(std::make_shared<const upgrade_options>(std::move(defaults))),
      limit_(limit != 0 ? limit : connections_per_shard * shards),
      retry_after_(retry_after) {
}

std::variant<accepted_upgrade, http::response>
admission::decide(const http::request& request, upgrade_plan plan,
                  http::channel through) {
  if (is_closed())
    return unavailable();
  auto outcome = accept_upgrade(request, std::move(plan), defaults_, through);
  if (std::holds_alternative<http::response>(outcome))
    return outcome;
  if (count_.fetch_add(1, std::memory_order_relaxed) < limit_)
    return outcome;
  dismiss();
  return unavailable();
}

http::response admission::unavailable() const {
  return http::service_unavailable(retry_after_);
}

} // namespace websock
