// The topic by which pages see whether the application is there.
#pragma once

#include "websock/channels.hpp"
#include "websock/phoenix.hpp"

#include <string>
#include <vector>

namespace phoenix_edge {

inline constexpr auto cluster_topic = "edge:cluster";

/// Tells its client the nodes of the application, at its join and whenever they change.
class cluster_watch final : public websock::channel {
public:
  /// `app` must outlive it.
  cluster_watch(const websock::phoenix::pubsub* app, std::string edge,
                std::string pubsub);

private:
  struct look {};

  websock::join_result join(std::string_view topic, const payload& params) override;
  websock::channel_result handle_info(websock::runtime::term info) override;

  const websock::phoenix::pubsub* const app_;
  const std::string edge_;
  const std::string pubsub_;
  std::vector<std::string> nodes_;
};

} // namespace phoenix_edge
