// The messages that every connection sends: a few of them, encoded once, in a ring.
#pragma once

#include "bench/load/settings.hpp"

#include <sys/uio.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

/// Message n has the payload n % count(). No two payloads of a ring are the same, and
/// there are more than may be in flight, so that a message that is lost, twice there or
/// at another's place does not pass for another.
class pattern {
public:
  explicit pattern(const settings& wanted);

  [[nodiscard]] std::size_t count() const noexcept { return payloads_.size(); }
  [[nodiscard]] std::string_view payload(std::uint64_t number) const noexcept {
    return payloads_[number % payloads_.size()];
  }
  [[nodiscard]] std::size_t frame_size(std::uint64_t number) const noexcept {
    const auto at = number % payloads_.size();
    return starts_[at + 1] - starts_[at];
  }
  /// The frames from number `from`, less `offset` octets of it, to before number `to`,
  /// which is at most count() away; the second part may be empty. Valid as long as this.
  [[nodiscard]] std::array<iovec, 2> frames(std::uint64_t from, std::size_t offset,
                                            std::uint64_t to) noexcept;

private:
  void append_frame(std::string_view body, payload_kind kind, bool compressed);

  std::vector<std::string> payloads_;
  std::string ring_;                // masked frames
  std::vector<std::size_t> starts_; // in ring_; one more than there are frames
};

} // namespace bench
