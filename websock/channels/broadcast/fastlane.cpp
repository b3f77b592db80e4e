// Fastlanes.
#include "websock/channels/broadcast/fastlane.hpp"

#include <algorithm>
#include <utility>

namespace websock::channels {

namespace {

/// What the process of a socket gets in the place of its channel.
class fastlane final : public runtime::redirection {
public:
  fastlane(serializer how, std::vector<std::string> intercepted)
      : intercepted_(std::move(intercepted)), how_(how) {}

  [[nodiscard]] const runtime::term*
  instead_of(const runtime::term& published) const noexcept override {
    const auto* broadcast = published.get_if<broadcast_message>();
    if (broadcast == nullptr || is_intercepted(broadcast->event()))
      return nullptr;
    return broadcast->encoded(how_);
  }

private:
  [[nodiscard]] bool is_intercepted(const std::string& event) const noexcept {
    return std::find(intercepted_.begin(), intercepted_.end(), event)
           != intercepted_.end();
  }

  const std::vector<std::string> intercepted_;
  const serializer how_;
};

/// The one of all channels that intercept nothing, so that a broadcast asks it once
/// (bench/channels: broadcast to 1,000).
[[nodiscard]] const std::shared_ptr<const fastlane>& common_fastlane(serializer how) {
  static const auto v1 =
      std::make_shared<const fastlane>(serializer::v1, std::vector<std::string>());
  static const auto v2 =
      std::make_shared<const fastlane>(serializer::v2, std::vector<std::string>());
  return how == serializer::v1 ? v1 : v2;
}

} // namespace

std::unique_ptr<const runtime::lane> make_fastlane(runtime::pid transport, serializer how,
                                                   std::vector<std::string> intercepted) {
  return std::make_unique<const runtime::lane>(
      std::move(transport), intercepted.empty() ? common_fastlane(how)
                                                : std::make_shared<const fastlane>(
                                                    how, std::move(intercepted)));
}

} // namespace websock::channels
