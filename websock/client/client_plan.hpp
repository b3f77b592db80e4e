// What a client is to ask for, from the URL to the octets; and where a redirect leads.
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

/// Whose server is asked. What the application gives for its own is not for another.
enum class asked_origin : std::uint8_t { own, another };

/// Checked.
struct client_plan {
  http::url to;
  std::shared_ptr<const client_options> options;
  http::client_offer offer;
  std::string request;
  std::shared_ptr<const tls_context> tls = nullptr; // of a wss URL
  /// Of another origin: it gets no certificate of this client.
  std::shared_ptr<const tls_context> tls_elsewhere = nullptr;
  asked_origin origin = asked_origin::own;
  std::size_t redirects = 0; // followed so far
};

/// Reads `url`, draws a key, writes the request. Throws std::invalid_argument for a url
/// or options that are wrong; its text has no password and no query.
[[nodiscard]] client_plan plan_client(std::string_view url,
                                      const client_options& options);

/// The plan for where the redirect `answer` leads, or why it is not followed, for people.
/// Headers and a certificate stay with the origin of the first URL; once away from it,
/// there is no way back to them.
[[nodiscard]] std::variant<client_plan, std::string>
follow(const client_plan& from, const http::response_head& answer);

} // namespace websock
