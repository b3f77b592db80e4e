// What a route runs: a function that answers at once, or a process that may wait.
#pragma once

#include "websock/handshake/route_result.hpp"
#include "websock/http/request.hpp"
#include "websock/http/response.hpp"
#include "websock/runtime/coroutine/waiting.hpp"

#include <functional>
#include <memory>
#include <type_traits>
#include <utility>
#include <variant>

namespace websock::runtime {
class process;
}

namespace websock {

/// Answers a request in a process of its own, on the shard of its socket: it may receive
/// messages, call, sleep and monitor (docs/waiting.md). The request lives as long as the
/// process. When the client leaves, or request_options::answer_timeout is over, the
/// process gets the exit signal `{shutdown, "closed"}` or `{shutdown, "timeout"}`, which
/// ends it unless it traps exits.
using waiting_handler = std::function<runtime::waiting<http::response>(
    runtime::process& self, const http::request& request)>;

/// Made from either kind of function.
class route_action {
public:
  using variant = std::variant<route_handler, std::shared_ptr<const waiting_handler>>;

  template <class F>
  requires std::is_invocable_r_v<route_result, F&, const http::request&>
  explicit(false) route_action(F function)
      : value_(std::in_place_index<0>, std::move(function)) {}
  template <class F>
  requires std::is_invocable_r_v<runtime::waiting<http::response>, F&, runtime::process&,
                                 const http::request&> explicit(false)
      route_action(F function)
      : value_(std::make_shared<const waiting_handler>(std::move(function))) {}

  [[nodiscard]] const variant& value() const noexcept { return value_; }

private:
  variant value_;
};

} // namespace websock
