// The wish to upgrade.
#include "websock/handshake/route_result.hpp"

namespace websock::detail {

route_result plan_upgrade(const http::request& request, wanted_options options,
                          handler_factory make) {
  auto checked = http::check_upgrade(request);
  if (auto* refusal = std::get_if<http::response>(&checked))
    return std::move(*refusal);
  return upgrade_plan{std::move(std::get<http::upgrade_request>(checked)),
                      std::move(options), std::move(make)};
}

} // namespace websock::detail
