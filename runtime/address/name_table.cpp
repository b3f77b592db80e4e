// Registration and lookup of names.
#include "name_table.hpp"

#include <mutex>
#include <stdexcept>

namespace websock::runtime {

void name_table::add(std::string name, const pid& who) {
  const auto refuse = [&](const char* why) {
    throw std::invalid_argument("register_name(\"" + name + "\", " + to_string(who)
                                + "): " + why);
  };
  if (name.empty())
    refuse("the name is empty");
  if (!who || who.is_foreign())
    refuse("not a process of this node");
  const std::unique_lock lock(mutex_);
  if (by_name_.contains(name))
    refuse("the name is taken");
  if (by_pid_.contains(who))
    refuse("the process has a name already");
  // Mark first: a process that dies from here on sees the mark and waits for this lock.
  detail::mark_named(who, true);
  if (!who.is_alive()) {
    detail::mark_named(who, false);
    refuse("the process is dead");
  }
  by_pid_.emplace(who, name);
  by_name_.emplace(std::move(name), who);
}

void name_table::remove(std::string_view name) {
  const std::unique_lock lock(mutex_);
  const auto found = by_name_.find(name);
  if (found == by_name_.end())
    throw std::invalid_argument("unregister_name(\"" + std::string(name)
                                + "\"): the name is not registered");
  detail::mark_named(found->second, false);
  by_pid_.erase(found->second);
  by_name_.erase(found);
}

void name_table::forget(const pid& who) {
  const std::unique_lock lock(mutex_);
  const auto found = by_pid_.find(who);
  if (found == by_pid_.end())
    return;
  by_name_.erase(found->second);
  by_pid_.erase(found);
}

pid name_table::whereis(std::string_view name) const {
  const std::shared_lock lock(mutex_);
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? pid() : found->second;
}

pid name_table::registered_as(std::string_view name) const {
  auto found = whereis(name);
  if (!found)
    throw std::invalid_argument("nobody is registered as \"" + std::string(name) + '"');
  return found;
}

std::string name_table::name_of(const pid& who) const {
  const std::shared_lock lock(mutex_);
  const auto found = by_pid_.find(who);
  return found == by_pid_.end() ? std::string() : found->second;
}

std::vector<std::string> name_table::registered() const {
  const std::shared_lock lock(mutex_);
  std::vector<std::string> names;
  names.reserve(by_name_.size());
  for (const auto& [name, who] : by_name_)
    names.push_back(name);
  return names;
}

} // namespace websock::runtime
