// The processes of one node in the groups of a scope, as that node says.
#pragma once

#include "../address/pid.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace websock::runtime::distribution {

/// A value. How often each process has joined each group; no group is empty.
class group_members {
public:
  using counts = std::map<pid, std::size_t>;
  using table = std::map<std::string, counts, std::less<>>;

  void add(const std::string& group, const std::vector<pid>& pids);
  /// Undoes one join of each; returns those that were in the group.
  std::vector<pid> take(const std::string& group, const std::vector<pid>& pids);
  [[nodiscard]] const table& groups() const noexcept { return groups_; }
  /// All joins.
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// The joins that are not among those of `other`, by group.
  [[nodiscard]] std::map<std::string, std::vector<pid>>
  beyond(const group_members& other) const;

private:
  table groups_;
  std::size_t size_ = 0;
};

/// Each process as often as it is counted.
[[nodiscard]] std::vector<pid> listed(const group_members::counts& members);

} // namespace websock::runtime::distribution
