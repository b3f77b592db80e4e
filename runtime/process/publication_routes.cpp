// Routes come and go by a new list, so that publishing threads keep the one they have.
#include "publication_routes.hpp"

#include "node.hpp"

#include <algorithm>

namespace websock::runtime::detail {

void publication_routes::add(std::shared_ptr<publication_route> route) {
  const std::lock_guard lock(mutex_);
  auto changed = *routes_;
  changed.insert(changed.begin(), std::move(route));
  replace(std::move(changed));
}

void publication_routes::add_last(std::shared_ptr<publication_route> route) {
  const std::lock_guard lock(mutex_);
  auto changed = *routes_;
  changed.push_back(std::move(route));
  replace(std::move(changed));
}

void publication_routes::replace(list routes) {
  routes_ = std::make_shared<const list>(std::move(routes));
  owner_.set_routes(routes_->empty() ? nullptr : this);
}

// Where there is no memory for a shorter list, the route stays and answers as one that
// has been closed does.
void publication_routes::remove(const publication_route& route) noexcept {
  try {
    const std::lock_guard lock(mutex_);
    auto changed = *routes_;
    std::erase_if(changed, [&](const auto& each) { return each.get() == &route; });
    replace(std::move(changed));
  } catch (...) {
    owner_.log_thrown("publications: a route could not be removed");
  }
}

std::shared_ptr<const publication_routes::list> publication_routes::all() const {
  const std::lock_guard lock(mutex_);
  return routes_;
}

departures publication_routes::departing(std::string_view topic,
                                         const term& message) const {
  departures all_of_them;
  const auto routes = all();
  for (const auto& each : *routes)
    if (auto one = each->departing(topic, message))
      all_of_them.add(std::move(one));
  return all_of_them;
}

departures publication_routes::departing_to_log(std::string_view topic,
                                                const term& message,
                                                const log_bounds& bounds) const {
  departures all_of_them;
  const auto routes = all();
  for (const auto& each : *routes)
    if (auto one = each->departing_to_log(topic, message, bounds))
      all_of_them.add(std::move(one));
  return all_of_them;
}

// What arrives by another route is in no log of this one.
std::shared_ptr<publication_log> publication_routes::topic_log() const {
  const auto routes = all();
  if (routes->size() != 1 || routes->front()->topic_log() == nullptr)
    return nullptr;
  return {routes->front(), routes->front()->topic_log()};
}

bool publication_routes::publish_at(const std::string& where, std::string_view topic,
                                    const term& message) const {
  const auto routes = all();
  return std::any_of(routes->begin(), routes->end(), [&](const auto& each) {
    return each->publish_at(where, topic, message);
  });
}

} // namespace websock::runtime::detail
