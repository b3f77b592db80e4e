// What processes count while somebody reads the metrics of their node.
#pragma once

#include "../term/exit_reason.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace websock::runtime {

class node;
class shard;

namespace detail {

/// Of one shard, which alone reads and writes it.
struct alignas(64) process_meter {
  static constexpr std::size_t reasons = 9; // exit_reason::kind

  std::uint64_t started = 0;
  std::array<std::uint64_t, reasons> exited{};

  void note_exit(const exit_reason& why) noexcept {
    ++exited[static_cast<std::size_t>(why.what())];
  }
};

/// An extension of the node.
class node_meter {
public:
  explicit node_meter(node& owner);

  [[nodiscard]] process_meter& at(const shard& home) noexcept;

private:
  std::vector<process_meter> shards_;
};

/// Null unless the metrics of this node are read.
[[nodiscard]] process_meter* meter_of(shard& home);

} // namespace detail
} // namespace websock::runtime
