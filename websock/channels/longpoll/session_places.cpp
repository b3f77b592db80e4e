// Places for sessions.
#include "websock/channels/longpoll/session_places.hpp"

namespace websock::channels {

std::optional<session_places::place> session_places::take(http::client_group client) {
  const std::lock_guard lock(mutex_);
  if (taken_ >= most_)
    return std::nullopt;
  if (client != http::client_group::nobody) {
    auto& its = by_client_[client];
    if (its >= most_of_client_)
      return std::nullopt;
    ++its;
  }
  ++taken_;
  return place(shared_from_this(), client);
}

std::size_t session_places::taken() const {
  const std::lock_guard lock(mutex_);
  return taken_;
}

void session_places::give_back(http::client_group client) noexcept {
  const std::lock_guard lock(mutex_);
  --taken_;
  const auto its = by_client_.find(client);
  if (its != by_client_.end() && --its->second == 0)
    by_client_.erase(its);
}

} // namespace websock::channels
