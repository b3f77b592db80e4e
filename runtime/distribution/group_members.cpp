// Counting joins.
#include "group_members.hpp"

namespace websock::runtime::distribution {

void group_members::add(const std::string& group, const std::vector<pid>& pids) {
  if (pids.empty())
    return;
  auto& members = groups_[group];
  for (const auto& each : pids) {
    ++members[each];
    ++size_;
  }
}

std::vector<pid> group_members::take(const std::string& group,
                                     const std::vector<pid>& pids) {
  std::vector<pid> taken;
  const auto found = groups_.find(group);
  if (found == groups_.end())
    return taken;
  auto& members = found->second;
  for (const auto& each : pids) {
    const auto member = members.find(each);
    if (member == members.end())
      continue;
    taken.push_back(each);
    --size_;
    if (--member->second == 0)
      members.erase(member);
  }
  if (members.empty())
    groups_.erase(found);
  return taken;
}

std::map<std::string, std::vector<pid>>
group_members::beyond(const group_members& other) const {
  std::map<std::string, std::vector<pid>> more;
  for (const auto& [group, members] : groups_) {
    const auto there = other.groups_.find(group);
    for (const auto& [who, count] : members) {
      std::size_t known = 0;
      if (there != other.groups_.end())
        if (const auto same = there->second.find(who); same != there->second.end())
          known = same->second;
      if (count > known)
        more[group].insert(more[group].end(), count - known, who);
    }
  }
  return more;
}

std::vector<pid> listed(const group_members::counts& members) {
  std::vector<pid> all;
  for (const auto& [who, count] : members)
    all.insert(all.end(), count, who);
  return all;
}

} // namespace websock::runtime::distribution
