// The decision about an upgrade.
#include "websock/reply.hpp"

#include "websock/accept_key.hpp"
#include "websock/http/upgrade.hpp"

namespace websock::detail {

http::reply decide_upgrade(const http::request& request,
                           std::shared_ptr<const upgrade_options> options,
                           behaviour_factory make) {
  auto checked = http::check_upgrade(request);
  if (auto* refusal = std::get_if<http::response>(&checked))
    return std::move(*refusal);
  const auto& offer = std::get<http::upgrade_request>(checked);
  return upgrade_plan{std::move(options),
                      {},
                      std::move(make),
                      http::switching_protocols(accept_key(offer.key))};
}

} // namespace websock::detail
