// Reads the affinity mask and the control group's quota.
#include "cpu_count.hpp"

#include <sched.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>

namespace websock::runtime {

namespace {

[[nodiscard]] std::string contents(const std::filesystem::path& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

[[nodiscard]] std::size_t allowed_by_affinity() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) == 0)
    return static_cast<std::size_t>(CPU_COUNT(&set));
  return std::thread::hardware_concurrency(); // more processors than cpu_set_t can hold
}

// A group's limit also applies to the groups below it.
[[nodiscard]] std::size_t allowed_by_quota(std::size_t most) {
  const std::filesystem::path root = "/sys/fs/cgroup";
  const std::string list = contents("/proc/self/cgroup");
  const auto group = detail::control_group_in(list);
  if (!group)
    return most;
  auto folder = (root / std::filesystem::path(*group).relative_path()).lexically_normal();
  for (;; folder = folder.parent_path()) {
    most = std::min(most,
                    detail::cpus_of_quota(contents(folder / "cpu.max")).value_or(most));
    if (folder == root || !folder.has_relative_path())
      return most;
  }
}

} // namespace

std::size_t usable_cpus() {
  const auto allowed = std::max<std::size_t>(1, allowed_by_affinity());
  return allowed_by_quota(allowed);
}

namespace detail {

std::optional<std::size_t> cpus_of_quota(std::string_view cpu_max) {
  const auto space = cpu_max.find(' ');
  if (space == std::string_view::npos)
    return std::nullopt;
  const auto number = [](std::string_view text) {
    std::size_t value = 0; // remains 0 for "max"
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
  };
  const auto quota = number(cpu_max.substr(0, space));
  const auto period = number(cpu_max.substr(space + 1));
  if (quota == 0 || period == 0)
    return std::nullopt;
  return quota / period + (quota % period != 0 ? 1 : 0);
}

std::optional<std::string_view> control_group_in(std::string_view list) {
  constexpr std::string_view mark = "0::";
  const auto entry = list.rfind(mark, 0) == 0 ? 0 : list.find("\n0::");
  if (entry == std::string_view::npos)
    return std::nullopt;
  auto group = list.substr(list.find(mark, entry) + mark.size());
  return group.substr(0, group.find('\n'));
}

} // namespace detail
} // namespace websock::runtime
