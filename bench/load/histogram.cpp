// Quantiles from buckets.
#include "bench/load/histogram.hpp"

#include <algorithm>
#include <cmath>

namespace bench {

std::uint64_t histogram::upper_end(std::size_t bucket) noexcept {
  if (bucket < 2 * parts)
    return bucket;
  const auto shift = static_cast<unsigned>(bucket >> part_bits) - 1;
  const auto lower = (std::uint64_t{bucket & (parts - 1)} + parts) << shift;
  return lower + (std::uint64_t{1} << shift) - 1;
}

std::uint64_t histogram::quantile(double part) const noexcept {
  const auto wanted =
      static_cast<std::uint64_t>(std::ceil(part * static_cast<double>(count_)));
  std::uint64_t seen = 0;
  for (std::size_t bucket = 0; bucket < counts_.size(); ++bucket) {
    seen += counts_[bucket];
    if (seen >= wanted && seen > 0)
      return std::min(upper_end(bucket), max_);
  }
  return max_;
}

} // namespace bench
