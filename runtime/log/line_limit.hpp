// How many lines of the log one source may write: a flood of one kind hides no other.
#pragma once

#include "websock/runtime/log/log.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace websock::runtime::detail {

/// A source is what stands before the first colon of a line, numbers apart: those of one
/// process, route or listener, whatever they say. Fixed memory: where there are more
/// sources than places, some share one.
class line_limit {
public:
  using time_point = std::chrono::steady_clock::time_point;
  static constexpr std::size_t most = 20; // of a source, in each
  static constexpr std::chrono::seconds period{1};

  /// False: it is counted, and will be told.
  [[nodiscard]] bool passes(log_level level, std::string_view line, time_point now);
  /// When there is something to tell.
  [[nodiscard]] std::optional<time_point> next() const noexcept;

  struct repeated {
    log_level level;
    std::string line;
  };
  /// One thing to tell, of a source whose period is over.
  [[nodiscard]] std::optional<repeated> take(time_point now);

private:
  struct source {
    std::uint64_t hash = 0;
    time_point since{};
    std::size_t passed = 0;
    std::uint64_t held_back = 0;
    log_level level{};
    std::string subject; // while something is held back
  };

  [[nodiscard]] source& place_for(std::uint64_t hash, time_point now) noexcept;

  std::array<source, 64> sources_{};
};

} // namespace websock::runtime::detail
