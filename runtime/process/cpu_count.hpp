// How many processors this program may use.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace websock::runtime {

/// Those that its affinity allows, and no more than its control group has time for; at
/// least one.
[[nodiscard]] std::size_t usable_cpus();

namespace detail {

/// What `cpu.max` of a control group allows, rounded up; nothing for no limit.
[[nodiscard]] std::optional<std::size_t> cpus_of_quota(std::string_view cpu_max);
/// The control group in /proc/self/cgroup, of version 2; nothing when there is none.
[[nodiscard]] std::optional<std::string_view> control_group_in(std::string_view list);

} // namespace detail
} // namespace websock::runtime
