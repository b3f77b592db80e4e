// How a link begins and ends, seen from the connection.
#include "link_table.hpp"

#include <algorithm>

namespace websock::runtime::distribution {

link_table::step link_table::link(const pair& both) {
  auto& now = pairs_[both];
  if (now.is_linked)
    return step::none;
  const bool was_unlinking = now.unlinking != 0;
  now = {.is_linked = true, .unlinking = 0};
  return was_unlinking ? step::send_and_forget : step::send;
}

std::uint64_t link_table::unlink(const pair& both) {
  const auto found = pairs_.find(both);
  if (found == pairs_.end() || !found->second.is_linked)
    return 0;
  found->second = {.is_linked = false, .unlinking = ++last_unlink_};
  return last_unlink_;
}

bool link_table::acknowledge(const pair& both, std::uint64_t id) {
  const auto found = pairs_.find(both);
  if (found == pairs_.end() || found->second.unlinking != id)
    return false;
  pairs_.erase(found); // a new link would have forgotten the unlink
  return true;
}

bool link_table::link_from(const pair& both) {
  auto& now = pairs_[both];
  if (now.is_linked || now.unlinking != 0)
    return false;
  now.is_linked = true;
  return true;
}

bool link_table::end(const pair& both) {
  const auto found = pairs_.find(both);
  if (found == pairs_.end() || !found->second.is_linked)
    return false;
  pairs_.erase(found);
  return true;
}

link_table::all link_table::take_all() {
  all taken;
  for (const auto& [both, now] : pairs_)
    (now.is_linked ? taken.linked : taken.unlinking).push_back(both);
  const auto is_earlier = [](const pair& a, const pair& b) {
    return a.local.number() != b.local.number() ? a.local.number() < b.local.number()
                                                : a.remote.number() < b.remote.number();
  };
  std::sort(taken.linked.begin(), taken.linked.end(), is_earlier);
  std::sort(taken.unlinking.begin(), taken.unlinking.end(), is_earlier);
  pairs_.clear();
  return taken;
}

} // namespace websock::runtime::distribution
