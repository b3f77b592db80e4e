// How many processors this program may use.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace websock::runtime {

/// Those in its affinity mask, but no more than the quota of its control group; at least
/// one.
[[nodiscard]] std::size_t usable_cpus();

namespace detail {

/// The limit in a control group's `cpu.max`, rounded up; empty without a limit.
[[nodiscard]] std::optional<std::size_t> cpus_of_quota(std::string_view cpu_max);
/// The version 2 control group listed in /proc/self/cgroup; empty when there is none.
[[nodiscard]] std::optional<std::string_view> control_group_in(std::string_view list);

} // namespace detail
} // namespace websock::runtime
