// The exception of a call that gets no reply.
#pragma once

#include "exit_reason.hpp"

#include <stdexcept>
#include <utility>

namespace websock::runtime {

/// A call got no reply. Source: the exit of GenServer.call.
class call_failed : public std::runtime_error {
public:
  explicit call_failed(exit_reason why)
      : std::runtime_error("call: " + to_string(why)), reason_(std::move(why)) {}
  [[nodiscard]] const exit_reason& reason() const noexcept { return reason_; }

private:
  exit_reason reason_;
};

} // namespace websock::runtime
