// Which reactors there are, and which of them a node has. Not the reactors themselves.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace websock::runtime {

/// How a reactor asks the kernel.
enum class reactor_kind : std::uint8_t {
  automatic, // what WEBSOCK_REACTOR says (environment); else uring where it can be had
  epoll,
  uring, // io_uring: Linux 6.1, unless it is forbidden
};

/// `auto`, `epoll` or `uring`.
[[nodiscard]] std::string_view to_string(reactor_kind kind) noexcept;
/// Of "auto", "epoll", "uring". Throws std::invalid_argument for any other name.
[[nodiscard]] reactor_kind reactor_kind_from(std::string_view name);

/// Which reactor the shards of a node have, and why.
struct reactor_choice {
  reactor_kind kind;  // epoll or uring
  std::string reason; // for people: who chose it, or what the kernel said of the other
};

} // namespace websock::runtime
