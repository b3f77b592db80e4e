// Latencies in logarithmic buckets, as HdrHistogram has them: 64 to each power of two, so
// that a value is known to 1.6 %.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace bench {

class histogram {
public:
  void record(std::uint64_t nanoseconds) noexcept {
    ++counts_[bucket_of(nanoseconds)];
    ++count_;
    if (nanoseconds > max_)
      max_ = nanoseconds;
  }

  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  [[nodiscard]] std::uint64_t max() const noexcept { return max_; }
  /// The value that `part` (0 to 1) of all do not exceed, to the precision of a bucket.
  [[nodiscard]] std::uint64_t quantile(double part) const noexcept;

private:
  static constexpr unsigned part_bits = 6;
  static constexpr std::size_t parts = 1U << part_bits;

  [[nodiscard]] static std::size_t bucket_of(std::uint64_t value) noexcept {
    if (value < parts)
      return value;
    const auto shift = static_cast<unsigned>(std::bit_width(value)) - part_bits - 1;
    return (std::size_t{shift} << part_bits) + (value >> shift);
  }
  [[nodiscard]] static std::uint64_t upper_end(std::size_t bucket) noexcept;

  std::array<std::uint64_t, (64 - part_bits + 1) * parts> counts_{};
  std::uint64_t count_ = 0;
  std::uint64_t max_ = 0;
};

} // namespace bench
