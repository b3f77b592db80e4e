// Waiting until the output of a connection has drained.
#pragma once

#include "websock/runtime/time/clock.hpp"
#include "websock/runtime/wait/waiter.hpp"

namespace websock {

class connection;

/// The awaitable of `handler::flushed`.
class flushing final : public runtime::detail::waiter {
public:
  explicit flushing(connection& of);
  ~flushing() override;
  void await_resume() const noexcept {}

private:
  [[nodiscard]] bool comes_at_once() override;
  void begin() override;
  connection& of_;
};

} // namespace websock
