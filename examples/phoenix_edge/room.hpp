// A room that the application and the edge share: lines cross in both directions.
#pragma once

#include "websock/channels.hpp"

#include <string>

namespace phoenix_edge {

/// One visitor in one room. What the application broadcasts in its topic reaches the
/// client without this; other terms that it publishes there arrive in handle_info.
class room final : public websock::channel {
public:
  /// `edge` is the name of this node, which lines from here carry.
  explicit room(std::string edge) : edge_(std::move(edge)) {}

private:
  websock::join_result join(std::string_view topic, const payload& params) override;
  websock::channel_result handle_in(std::string_view event, const payload& in) override;
  websock::channel_result handle_info(websock::runtime::term info) override;

  const std::string edge_;
};

} // namespace phoenix_edge
