// Connects clients.
#include "websock/channels/socket/connect.hpp"

#include "websock/channels/socket/auth_token.hpp"
#include "websock/channels/socket/connect_params.hpp"
#include "websock/channels/socket/transport.hpp"
#include "websock/http/target.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace websock {

connect_result channel_socket::refuse() {
  return refuse(http::forbidden({}));
}

} // namespace websock

namespace websock::channels {

namespace {

// Phoenix closes with "service restart", on which its clients connect again.
constexpr std::uint16_t restart = 1012;

/// What a refusal needs to know of a handshake.
struct opening {
  const http::request& request;
  const endpoint& of;
  const upgrade_options& options;
  std::span<const std::string_view> offered; // subprotocols
};

// A client that offers nothing but a token needs no subprotocol.
[[nodiscard]] bool has_common_subprotocol(const opening& it) {
  if (it.options.subprotocols.empty())
    return true;
  const auto is_another = [&](std::string_view each) {
    return !it.of.options.auth_token || !holds_token(each);
  };
  return std::none_of(it.offered.begin(), it.offered.end(), is_another)
         || http::select_subprotocol(it.options.subprotocols, it.offered).has_value();
}

[[nodiscard]] std::optional<serializer> serializer_of(const json& params) {
  const auto vsn = params.find("vsn");
  if (vsn == params.end())
    return serializer::v1;
  return vsn->is_string() ? serializer_for(vsn->get_ref<const std::string&>())
                          : std::nullopt;
}

[[nodiscard]] std::variant<connected, http::response> connect(const opening& it) {
  std::optional<std::string> given;
  if (it.of.options.auth_token) {
    auto token = find_token(it.offered);
    if (std::holds_alternative<malformed_token>(token))
      return http::bad_request("the token is not base64");
    given = std::get<0>(std::move(token));
  }
  if (!has_common_subprotocol(it))
    return http::forbidden({});
  const auto params = connect_params(query_of(it.request));
  if (!params)
    return http::bad_request("the query cannot be decoded");
  return connect(it.of, it.request, *params, std::move(given));
}

} // namespace

std::string_view query_of(const http::request& request) {
  const auto parts = http::split_target(request.target());
  return parts ? parts->query : std::string_view();
}

bool is_foreign(const http::origin_policy& policy, const http::request& request) {
  return policy
      .refuses(request,
               request.is_secure() ? http::channel::secure : http::channel::plain)
      .has_value();
}

std::variant<connected, http::response> connect(const endpoint& of,
                                                const http::request& request,
                                                const json& params,
                                                std::optional<std::string> auth_token) {
  const auto how = serializer_of(params);
  if (!how)
    return http::forbidden({});
  auto socket = of.make_socket();
  auto result = socket->connect(params, {request, std::move(auth_token)});
  if (result.refusal())
    return *std::move(result.refusal());
  return connected{std::move(socket), *how};
}

checked_options connection_options(const endpoint& of, const upgrade_options& server) {
  return {server, with([&of](upgrade_options& its) {
            const auto& ours = of.options;
            its.timeout = ours.timeout;
            its.drain_code = restart;
            its.subprotocols = ours.subprotocols;
            if (ours.auth_token)
              its.subprotocols.emplace_back(phoenix_subprotocol);
            if (ours.origin)
              its.origin = *ours.origin;
            if (ours.connection)
              ours.connection(its);
          })};
}

route_handler make_route(std::shared_ptr<const endpoint> of,
                         const checked_options& options) {
  return [of = std::move(of), options](const http::request& request) -> route_result {
    auto result = upgrade<transport>(
        request, options, of, std::shared_ptr<const channel_socket>(), serializer::v2);
    auto* const plan = std::get_if<upgrade_plan>(&result.value());
    if (plan == nullptr)
      return result; // no handshake
    const opening it{request, *of, *options.shared(), plan->offer.protocols};
    if (is_foreign(it.options.origin, request))
      return result; // the server refuses it, and counts it
    auto outcome = connect(it);
    if (auto* const refusal = std::get_if<http::response>(&outcome))
      return std::move(*refusal);
    const auto& client = std::get<connected>(outcome);
    plan->make = websock::detail::make_factory<transport>(of, client.socket, client.how);
    return result;
  };
}

} // namespace websock::channels
