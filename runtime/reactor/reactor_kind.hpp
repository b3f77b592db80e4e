// The kinds of reactors, and which one a node uses. Not the reactors themselves.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace websock::runtime {

/// Which kernel interface a reactor uses.
enum class reactor_kind : std::uint8_t {
  automatic, // WEBSOCK_REACTOR (environment) if set; else uring if available
  epoll,
  uring, // io_uring: Linux 6.1, unless forbidden
};

/// `auto`, `epoll` or `uring`.
[[nodiscard]] std::string_view to_string(reactor_kind kind) noexcept;
/// From "auto", "epoll" or "uring". Throws std::invalid_argument for any other name.
[[nodiscard]] reactor_kind reactor_kind_from(std::string_view name);

/// Which reactor a node's shards use, and why.
struct reactor_choice {
  reactor_kind kind;  // epoll or uring
  std::string reason; // for people: who chose it, or why the kernel refused the other
};

} // namespace websock::runtime
