// The messages that every connection sends, encoded once, in a ring, and those that must
// come back.
#pragma once

#include "bench/load/messages.hpp"
#include "bench/load/settings.hpp"

#include <sys/uio.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

/// Message n is number n % count() of those that are sent, and in the same way of those
/// that come back.
class pattern {
public:
  pattern(messages what, const settings& how);

  [[nodiscard]] std::size_t count() const noexcept { return starts_.size() - 1; }
  /// What must come back, or how it must begin.
  [[nodiscard]] std::string_view answer(std::uint64_t number) const noexcept {
    return answers_[number % answers_.size()];
  }
  [[nodiscard]] std::size_t answers() const noexcept { return answers_.size(); }
  [[nodiscard]] bool tells_whole_answers() const noexcept {
    return how_ == matching::whole;
  }
  [[nodiscard]] std::size_t frame_size(std::uint64_t number) const noexcept {
    const auto at = number % count();
    return starts_[at + 1] - starts_[at];
  }
  /// The frames from number `from`, less `offset` octets of it, to before number `to`,
  /// which is at most count() away; the second part may be empty. Valid as long as this.
  [[nodiscard]] std::array<iovec, 2> frames(std::uint64_t from, std::size_t offset,
                                            std::uint64_t to) noexcept;

private:
  void append_frame(std::string_view body, payload_kind kind, bool compressed);

  std::vector<std::string> answers_;
  matching how_;
  std::string ring_;                // masked frames
  std::vector<std::size_t> starts_; // in ring_; one more than there are frames
};

} // namespace bench
