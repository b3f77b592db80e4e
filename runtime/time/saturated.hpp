// A duration that converts from any other without overflow.
#pragma once

#include <chrono>
#include <concepts>
#include <type_traits>

namespace websock::runtime {

/// A `Unit` that any compatible duration converts to. Values out of range saturate:
/// hours::max() in nanoseconds means for ever, not an overflow.
template <class Unit>
class saturated : public Unit {
public:
  constexpr saturated() noexcept : Unit(0) {}
  constexpr explicit saturated(typename Unit::rep count) noexcept : Unit(count) {}
  template <class Rep, class Period>
  requires std::convertible_to<std::chrono::duration<Rep, Period>, Unit>
  constexpr explicit(false) saturated(std::chrono::duration<Rep, Period> value) noexcept
      : Unit(nearest(value)) {}

private:
  template <class Rep, class Period>
  [[nodiscard]] static constexpr Unit
  nearest(std::chrono::duration<Rep, Period> value) noexcept {
    using wide =
        std::chrono::duration<std::common_type_t<Rep, typename Unit::rep>, Period>;
    if (wide(value) > std::chrono::duration_cast<wide>(Unit::max()))
      return Unit::max();
    if constexpr (std::is_signed_v<Rep>)
      if (wide(value) < std::chrono::duration_cast<wide>(Unit::min()))
        return Unit::min();
    return std::chrono::duration_cast<Unit>(value);
  }
};

} // namespace websock::runtime
