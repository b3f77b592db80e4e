// A client's request, from the URL to the octets, and where a redirect leads.
#pragma once

#include "websock/http/client_handshake.hpp"
#include "websock/http/url.hpp"
#include "websock/options/options.hpp"
#include "websock/tls/tls_context.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace websock {

/// Whose server gets the request. What the application supplies for its own origin is not
/// sent to another.
enum class asked_origin : std::uint8_t { own, another };

/// A client's request, already validated.
struct client_plan {
  http::url to;
  std::shared_ptr<const client_options> options;
  http::client_offer offer;
  std::string request;
  std::shared_ptr<const tls_context> tls = nullptr; // for a wss URL
  /// For another origin, which does not get this client's certificate.
  std::shared_ptr<const tls_context> tls_elsewhere = nullptr;
  asked_origin origin = asked_origin::own;
  std::size_t redirects = 0; // followed so far
};

/// Parses `url`, draws a key, writes the request. Throws std::invalid_argument for an
/// invalid url or invalid options; its text contains no password and no query.
[[nodiscard]] client_plan plan_client(std::string_view url,
                                      const client_options& options);

/// The plan for the target of the redirect `answer`, or a human-readable reason not to
/// follow it. Headers and certificate are only for the origin of the first URL; once a
/// redirect has left that origin, a later one cannot bring them back.
[[nodiscard]] std::variant<client_plan, std::string>
follow(const client_plan& from, const http::response_head& answer);

} // namespace websock
