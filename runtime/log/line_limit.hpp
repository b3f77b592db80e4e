// Limits how many log lines one source may write, so that a flood hides nothing else.
#pragma once

#include "log.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace websock::runtime::detail {

/// A source is the text before the first colon of a line, ignoring digits: one process,
/// route or listener, whatever it says. Memory is fixed: when there are more sources than
/// places, some share one.
class line_limit {
public:
  using time_point = std::chrono::steady_clock::time_point;
  static constexpr std::size_t most = 20; // lines of one source per period
  static constexpr std::chrono::seconds period{1};

  /// False: the line is held back, and counted for `take`.
  [[nodiscard]] bool passes(log_level level, std::string_view line, time_point now);
  /// When `take` has something to report; empty if never.
  [[nodiscard]] std::optional<time_point> next() const noexcept;

  struct repeated {
    log_level level;
    std::string line;
  };
  /// Reports one source whose period is over and which had lines held back.
  [[nodiscard]] std::optional<repeated> take(time_point now);

private:
  struct source {
    std::uint64_t hash = 0;
    time_point since{};
    std::size_t passed = 0;
    std::uint64_t held_back = 0;
    log_level level{};
    std::string subject; // set while lines are held back
  };

  [[nodiscard]] source& place_for(std::uint64_t hash, time_point now) noexcept;

  std::array<source, 64> sources_{};
};

} // namespace websock::runtime::detail
