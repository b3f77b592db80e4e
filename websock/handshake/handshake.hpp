// The part of the opening handshake that depends on options: who may connect, what is
// agreed on, and the 101 that says so. RFC 6455 §4.2.2.
#pragma once

#include "websock/handler/handler.hpp"
#include "websock/handshake/agreement.hpp"
#include "websock/handshake/route_result.hpp"
#include "websock/options/options.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace websock {

/// A handshake that succeeded, and what its connection is made of.
struct accepted_upgrade {
  std::shared_ptr<const upgrade_options> options;
  agreement agreed;
  handler_factory make;
  std::string response; // the 101
};

/// Pages of the request's origin may not connect.
struct origin_refusal {
  std::string_view why;
};

using handshake_outcome = std::variant<accepted_upgrade, http::response, origin_refusal>;

/// What the answer depends on besides the request.
struct handshake_setting {
  http::channel through = http::channel::plain;
  std::string_view date{}; // of the 101; empty: none
};

/// Applies `defaults` as `plan.options` changes them. The result owns all it refers to.
/// Throws what the change throws, and std::invalid_argument for an option out of range.
[[nodiscard]] handshake_outcome
accept_upgrade(const http::request& request, upgrade_plan plan,
               const std::shared_ptr<const upgrade_options>& defaults,
               const handshake_setting& where);

} // namespace websock
