// Waiting until the output of a connection has drained.
#pragma once

#include "runtime/clock.hpp"
#include "runtime/waiter.hpp"

namespace websock {

class connection;

/// The awaitable of `behaviour::flushed`.
class flushing final : public runtime::detail::waiter {
public:
  explicit flushing(connection& of) noexcept;
  ~flushing() override;
  [[nodiscard]] bool await_ready() const noexcept;
  void await_resume() const noexcept {}

private:
  void begin() override;
  connection& of_;
};

} // namespace websock
