// The caller of a request that came from another node.
#pragma once

#include "../address/gen_call.hpp"
#include "../address/pid.hpp"
#include "etf/value.hpp"

#include <atomic>
#include <memory>

namespace websock::runtime::distribution {

class hub;

/// Replies once, to the alias or the process that the caller named. Any thread.
class remote_caller final : public runtime::detail::reply_target {
public:
  remote_caller(std::shared_ptr<hub> owner, pid caller, etf::value tag)
      : owner_(std::move(owner)), caller_(std::move(caller)), tag_(std::move(tag)) {}
  /// Throws not_transmissible, and may then be called again.
  void reply(term value) override;

private:
  const std::shared_ptr<hub> owner_;
  const pid caller_;
  const etf::value tag_;
  std::atomic<bool> has_replied_{false};
};

} // namespace websock::runtime::distribution
