// What the connections of a shard count while somebody reads the metrics of their node.
#pragma once

#include "websock/protocol/opcode.hpp"
#include "websock/runtime/time/clock.hpp"

#include <array>
#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace websock::runtime {
class node;
class shard;
} // namespace websock::runtime

namespace websock {

/// Messages and control frames of one direction, by opcode and by size. A message counts
/// once, with all its octets, decompressed. Counting is on the way of each message: one
/// index, two additions (bench: instructions).
class frame_meter {
public:
  struct tally {
    std::uint64_t messages = 0;
    std::uint64_t octets = 0;
  };
  static constexpr std::size_t sizes = 64;
  /// Sizes by the number of their bits: 0 has those of 0 and 1, 1 those of 2 and 3.
  using by_size = std::array<tally, sizes>;

  void note(protocol::opcode code, std::size_t octets) noexcept {
    assert(static_cast<std::size_t>(code) < opcodes && "an opcode has four bits");
    auto& its = rows_[static_cast<std::size_t>(code)][place_of(octets)];
    ++its.messages;
    its.octets += octets;
  }
  [[nodiscard]] const by_size& at(protocol::opcode code) const noexcept {
    return rows_[static_cast<std::size_t>(code)];
  }
  /// Of all sizes.
  [[nodiscard]] tally total(protocol::opcode code) const noexcept;

private:
  static constexpr std::size_t opcodes = 16; // four bits
  [[nodiscard]] static std::size_t place_of(std::size_t octets) noexcept {
    return static_cast<std::size_t>(63 - std::countl_zero(std::uint64_t{octets | 1U}));
  }

  std::array<by_size, opcodes> rows_{};
};

/// How long callbacks take: of every 64th on a shard.
class callback_meter {
public:
  static constexpr std::uint64_t one_of = 64;
  /// Upper bounds of the buckets in seconds; there is one more.
  static constexpr std::array<double, 8> bounds{0.000'001, 0.000'01, 0.000'1, 0.001,
                                                0.01,      0.1,      1,       10};

  [[nodiscard]] bool is_due() noexcept { return ++callbacks_ % one_of == 0; }
  void note(runtime::duration time) noexcept;
  [[nodiscard]] const std::array<std::uint64_t, bounds.size() + 1>&
  counts() const noexcept {
    return counts_;
  }
  [[nodiscard]] double sum() const noexcept { return sum_; }

private:
  std::uint64_t callbacks_ = 0;
  std::array<std::uint64_t, bounds.size() + 1> counts_{};
  double sum_ = 0; // seconds
};

/// Who has closed connections, with which codes.
class close_meter {
public:
  /// 1000 to 1015, then 3000 to 3999, 4000 to 4999, and all others.
  static constexpr std::size_t codes = 19;

  enum class by : std::uint8_t { us, peer };
  void note(std::uint16_t code, by who) noexcept {
    ++counts_[static_cast<std::size_t>(who)][place_of(code)];
  }
  [[nodiscard]] std::uint64_t count(by who, std::size_t place) const noexcept {
    return counts_[static_cast<std::size_t>(who)][place];
  }

private:
  [[nodiscard]] static std::size_t place_of(std::uint16_t code) noexcept;

  std::array<std::array<std::uint64_t, codes>, 2> counts_{};
};

/// Of one shard, which alone reads and writes it.
struct alignas(64) connection_meter {
  frame_meter received;
  frame_meter sent;
  callback_meter callbacks;
  close_meter closes;
  std::uint64_t opened = 0;
  std::uint64_t closed = 0;
};

/// An extension of the node.
class connection_meters {
public:
  explicit connection_meters(runtime::node& owner);

  [[nodiscard]] connection_meter& at(const runtime::shard& home) noexcept;

private:
  std::vector<connection_meter> shards_;
};

/// Null unless the metrics of this node are read.
[[nodiscard]] connection_meter* meter_of(runtime::shard& home);

} // namespace websock
