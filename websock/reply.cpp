// The decision about an upgrade.
#include "websock/reply.hpp"

#include "websock/accept_key.hpp"
#include "websock/deflate_negotiation.hpp"
#include "websock/http/upgrade.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace websock::detail {

namespace {

[[nodiscard]] std::optional<deflate_acceptance>
agree_on_deflate(const http::upgrade_request& request, const upgrade_options& options) {
  if (!options.compress)
    return std::nullopt;
  return accept_deflate(request.extension_offers, options.deflate);
}

} // namespace

http::reply decide_upgrade(const http::request& request,
                           std::shared_ptr<const upgrade_options> options,
                           behaviour_factory make) {
  auto checked = http::check_upgrade(request);
  if (auto* refusal = std::get_if<http::response>(&checked))
    return std::move(*refusal);
  const auto& offer = std::get<http::upgrade_request>(checked);
  agreement agreed;
  std::vector<std::pair<std::string, std::string>> extra;
  if (auto deflate = agree_on_deflate(offer, *options)) {
    agreed.deflate = deflate->params;
    extra.emplace_back("Sec-WebSocket-Extensions", std::move(deflate->extension));
  }
  return upgrade_plan{std::move(options), agreed, std::move(make),
                      http::switching_protocols(accept_key(offer.key), {}, extra)};
}

} // namespace websock::detail
