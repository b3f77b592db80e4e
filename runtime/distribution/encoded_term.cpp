// Of the hub that is the node's gate.
#include "encoded_term.hpp"

#include "../process/node.hpp"
#include "hub.hpp"

#include <string>

namespace websock::runtime::distribution {

namespace {

[[nodiscard]] hub* hub_of(const node& owner) noexcept {
  return dynamic_cast<hub*>(owner.gate());
}

} // namespace

std::optional<etf::value> encoded_term(const node& owner, const term& message) {
  auto* const its_hub = hub_of(owner);
  if (its_hub == nullptr)
    return std::nullopt;
  return etf::opaque{its_hub->encode(message)};
}

bool shares_topics(const node& owner, std::string_view where) {
  auto* const its_hub = hub_of(owner);
  return its_hub != nullptr && its_hub->options().shares_topics
         && its_hub->sharing_nodes().has(its_hub->find_node(std::string(where)));
}

} // namespace websock::runtime::distribution
