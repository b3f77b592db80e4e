// The requests of clients.
#include "websock/client/client_plan.hpp"

#include "websock/handshake/deflate_negotiation.hpp"
#include "websock/handshake/nonce.hpp"
#include "websock/http/redirect.hpp"

#include <stdexcept>
#include <utility>

namespace websock {

namespace {

void write_request(client_plan& plan) {
  plan.offer.key = random_handshake_key();
  plan.request = http::opening_request(plan.to, plan.offer);
}

} // namespace

client_plan plan_client(std::string_view url, const client_options& options) {
  validate(options);
  auto to = http::parse_url(url);
  if (const auto* bad = std::get_if<http::bad_url>(&to))
    throw std::invalid_argument("connect: \"" + http::without_secrets(url)
                                + "\": " + std::string(bad->why));
  auto kept = std::make_shared<client_options>(options);
  if (!kept->connection.ping_interval)
    kept->connection.ping_interval = kept->connection.timeout / 3;
  client_plan plan{std::get<http::url>(std::move(to)), std::move(kept), {}, {}};
  plan.offer = {{}, options.subprotocols, {}, options.headers};
  if (options.connection.compress)
    plan.offer.extensions = offer_deflate(options.connection.deflate);
  write_request(plan);
  return plan;
}

std::variant<client_plan, std::string> follow(const client_plan& from,
                                              const http::response_head& answer) {
  const auto most = from.options->max_redirects;
  const auto locations = answer.values("Location");
  if (locations.size() != 1)
    return locations.empty() ? "it has no Location" : "it has more than one Location";
  if (from.redirects == most)
    return "it is one more than max_redirects, " + std::to_string(most);
  auto to = http::redirected(from.to, locations[0]);
  if (const auto* bad = std::get_if<http::bad_url>(&to))
    return std::string(bad->why) + ": \"" + http::without_secrets(locations[0]) + '"';
  client_plan next = from;
  next.to = std::get<http::url>(std::move(to));
  ++next.redirects;
  if (!http::is_same_origin(from.to, next.to)) {
    if (!from.options->unix_path.empty())
      return "it leads to another origin, which is not behind unix_path";
    next.origin = asked_origin::another;
    next.offer.headers.clear();
    next.tls = next.to.is_secure ? from.tls_elsewhere : nullptr;
  }
  if (next.to.is_secure && !next.tls)
    return "it leads to wss, for which no authorities are loaded";
  write_request(next);
  return next;
}

} // namespace websock
