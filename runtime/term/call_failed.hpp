// The exception of a call that gets no reply.
#pragma once

#include "exit_reason.hpp"

#include <stdexcept>
#include <string_view>
#include <utility>

namespace websock::runtime {

/// A call got no reply. When the connection with the server's node is lost, or there is
/// none, the reason is {nodedown, Node}: two atoms. Source: the exit of GenServer.call.
class call_failed : public std::runtime_error {
public:
  explicit call_failed(exit_reason why)
      : std::runtime_error("call: " + to_string(why)), reason_(std::move(why)) {}
  [[nodiscard]] const exit_reason& reason() const noexcept { return reason_; }

private:
  exit_reason reason_;
};

namespace detail {

/// Why a call fails whose request has failed with `why`; `node` is the other node that
/// its server is on, if it is. Source: gen:call/4.
[[nodiscard]] exit_reason failure_of_call(const exit_reason& why, std::string_view node);

} // namespace detail
} // namespace websock::runtime
