// Where a recorded scenario takes place: on a stepped node, or on two that are joined.
#pragma once

#include "websock/channels/presence.hpp"
#include "websock/runtime/address/pid.hpp"
#include "websock/runtime/testing/steppable.hpp"
#include "websock/runtime/testing/stepped_node.hpp"

#include <cstddef>
#include <memory>
#include <string>

namespace tests::recorded {

class stage {
public:
  stage() = default;
  stage(const stage&) = delete;
  stage& operator=(const stage&) = delete;
  virtual ~stage() = default;

  [[nodiscard]] virtual websock::runtime::testing::steppable& all() = 0;
  [[nodiscard]] virtual websock::runtime::testing::stepped_node&
  node(std::size_t place) = 0;
  /// Null in scenarios without presence.
  [[nodiscard]] virtual websock::channels::presence* people(std::size_t place) = 0;
  virtual void connected(std::size_t place, const websock::runtime::pid& connection) {
    static_cast<void>(place);
    static_cast<void>(connection);
  }
  /// What the tester has done, or seen to: a control, or a note of the record.
  virtual void happens(const std::string& what) { static_cast<void>(what); }
};

/// On which node a connection such as "W@rb" is.
[[nodiscard]] inline std::size_t place_of(const std::string& connection) {
  return connection.ends_with("@rb") ? 1 : 0;
}

/// The stage of scenarios of that group, under any schedule.
[[nodiscard]] std::unique_ptr<stage> stage_of(const std::string& group);

} // namespace tests::recorded
