// Who joins first, and who leaves last.
#include "websock/phoenix/pubsub/shared_scope.hpp"

#include "websock/runtime/distribution/cluster.hpp"

namespace websock::phoenix {

namespace {

constexpr auto scope_name = "Elixir.Phoenix.PubSub";

} // namespace

void shared_scope::join(runtime::cluster& cluster) {
  const std::lock_guard lock(mutex_);
  if (users_ == 0)
    cluster.join_scope(scope_name, groups_);
  ++users_;
}

void shared_scope::leave(runtime::cluster& cluster) {
  const std::lock_guard lock(mutex_);
  if (--users_ == 0)
    cluster.leave_scope(scope_name);
}

} // namespace websock::phoenix
