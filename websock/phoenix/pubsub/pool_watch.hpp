// Tells the log of nodes whose pool of workers has another size than that of this node.
#pragma once

#include "websock/runtime/behaviour/behaviour.hpp"
#include "websock/runtime/registry/process_group.hpp"
#include "websock/runtime/term/reference.hpp"
#include "websock/runtime/term/term.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace websock::phoenix {

/// Workers join one after the other, so it looks when none has come or gone for a while.
/// A node is named once, until it has gone or has the same size.
class pool_watch final : public runtime::behaviour {
public:
  /// `ours` are the groups of the workers of this node, that of the first one first.
  pool_watch(runtime::process_group::scope members, std::string pubsub,
             std::vector<std::string> ours);

private:
  struct look {};
  using sizes = std::map<std::string, std::size_t>; // by the name of a node

  void on_start() override;
  void on_message(runtime::term message) override;
  void look_later(std::string_view group);
  void tell_of_others();
  [[nodiscard]] bool is_of_pool(std::string_view group) const;
  [[nodiscard]] sizes other_sizes() const;

  runtime::process_group::scope members_;
  const std::string pubsub_;
  const std::vector<std::string> ours_;
  std::optional<runtime::reference> timer_;
  sizes told_;
};

} // namespace websock::phoenix
