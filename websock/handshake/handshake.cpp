// Applies the options to an opening handshake.
#include "websock/handshake/handshake.hpp"

#include "websock/handshake/accept_key.hpp"
#include "websock/handshake/deflate_negotiation.hpp"

#include <optional>
#include <utility>

namespace websock {

namespace {

[[nodiscard]] std::optional<deflate_acceptance>
agree_on_deflate(const http::upgrade_request& offer, const upgrade_options& options) {
  if (!options.compress)
    return std::nullopt;
  return accept_deflate(offer.extension_offers, options.deflate);
}

} // namespace

handshake_outcome accept_upgrade(const http::request& request, upgrade_plan plan,
                                 const std::shared_ptr<const upgrade_options>& defaults,
                                 const handshake_setting& where) {
  auto options = detail::resolve(std::move(plan.options), defaults);
  if (const auto why = options->origin.refuses(request, where.through))
    return origin_refusal{*why};
  const auto subprotocol =
      http::select_subprotocol(options->subprotocols, plan.offer.protocols);
  if (!subprotocol && options->require_subprotocol)
    return http::bad_request(
        "RFC 6455 §4.2.2: none of the subprotocols that are spoken here is offered");
  agreement agreed;
  agreed.subprotocol = subprotocol.value_or("");
  auto headers = options->headers;
  if (auto deflate = agree_on_deflate(plan.offer, *options)) {
    agreed.deflate = deflate->params;
    headers.emplace_back("Sec-WebSocket-Extensions", std::move(deflate->extension));
  }
  auto response = http::switching_protocols(accept_key(plan.offer.key), subprotocol,
                                            headers, where.date);
  return accepted_upgrade{std::move(options), agreed, std::move(plan.make),
                          std::move(response)};
}

} // namespace websock
