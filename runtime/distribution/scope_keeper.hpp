// Keeps the process of a scope of process groups alive, as OTP's supervisors do.
#pragma once

#include "../address/pid.hpp"
#include "../behaviour/behaviour.hpp"
#include "../registry/process_group.hpp"
#include "../supervisor/restart_intensity.hpp"
#include "../term/reference.hpp"
#include "../term/term.hpp"
#include "group_names.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

namespace websock::runtime::distribution {

class hub;

/// What a scope is made of that a cluster joins.
struct joined_scope {
  std::shared_ptr<hub> cluster;
  std::string name;
  process_group::scope groups;
  group_names called;
};

/// Starts the process of a scope, with the name. Throws std::invalid_argument when that
/// is taken.
[[nodiscard]] pid start_scope(const joined_scope& what);

/// When the process ends, the keeper starts another one: members on this node stay, and
/// other nodes hear of them anew. It gives up as a supervisor does. An exit signal from
/// no process ends both.
class scope_keeper final : public behaviour {
public:
  scope_keeper(joined_scope what, pid process);

private:
  // As a supervisor has it.
  static constexpr std::size_t most_restarts = 3;
  static constexpr std::chrono::seconds within{5};

  void on_start() override;
  void on_message(term message) override;
  void restart();

  const joined_scope what_;
  pid process_;
  reference monitor_;
  runtime::detail::restart_intensity restarts_{most_restarts, within};
  bool is_ending_ = false;
};

} // namespace websock::runtime::distribution
