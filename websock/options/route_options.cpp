// Derives a route's options from those of its server.
#include "websock/options/route_options.hpp"

namespace websock {

std::shared_ptr<const upgrade_options>
options_change::applied_to(const upgrade_options& base) const {
  auto changed = std::make_shared<upgrade_options>(base);
  change_(*changed);
  validate(*changed);
  return changed;
}

options_change with() {
  return options_change([](upgrade_options&) {});
}

namespace detail {

std::shared_ptr<const upgrade_options>
resolve(wanted_options wanted, const std::shared_ptr<const upgrade_options>& defaults) {
  if (const auto* change = std::get_if<options_change>(&wanted))
    return change->applied_to(*defaults);
  if (const auto* ready = std::get_if<checked_options>(&wanted))
    return ready->shared();
  return defaults;
}

} // namespace detail

} // namespace websock
