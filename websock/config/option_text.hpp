// Values of options as text: what is printed can be read again.
#pragma once

#include "websock/runtime/time/saturated.hpp"

#include <chrono>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace websock::config {

/// Thrown by all of these for text that is no such value. `what` says what it must be, as
/// in "a time with a unit, as in 60s".
class malformed : public std::invalid_argument {
public:
  using std::invalid_argument::invalid_argument;
};

/// A whole number, without its bounds; KiB, MiB and GiB may follow a positive one.
[[nodiscard]] std::int64_t number_from(std::string_view text);
/// `500ms`, `60s`, `10min`, `2h`, `1d`, or `forever`.
[[nodiscard]] std::chrono::milliseconds time_from(std::string_view text);
/// The same, in the largest unit that holds it.
[[nodiscard]] std::string text_of_time(std::chrono::milliseconds time);

inline void from_text(std::string_view text, std::string& value) {
  value = text;
}
[[nodiscard]] inline std::string text_of(const std::string& value) {
  return value;
}

void from_text(std::string_view text, bool& value); // true, false, on, off, yes, no, 1, 0
[[nodiscard]] std::string text_of(bool value);

template <std::integral T>
void from_text(std::string_view text, T& value) {
  const auto number = number_from(text);
  if (!std::in_range<T>(number))
    throw malformed("a number from " + std::to_string(std::numeric_limits<T>::min())
                    + " to " + std::to_string(std::numeric_limits<T>::max()));
  value = static_cast<T>(number);
}
template <std::integral T>
[[nodiscard]] std::string text_of(T value) {
  return std::to_string(value);
}

template <class Unit>
void from_text(std::string_view text, runtime::saturated<Unit>& value) {
  const auto time = time_from(text);
  const auto whole = std::chrono::duration_cast<Unit>(time);
  if (whole != time && time != std::chrono::milliseconds::max())
    throw malformed("a whole number of seconds, as in 60s");
  value = time == std::chrono::milliseconds::max() ? Unit::max() : whole;
}
template <class Unit>
[[nodiscard]] std::string text_of(const runtime::saturated<Unit>& value) {
  const runtime::saturated<std::chrono::milliseconds> time(value);
  return text_of_time(time);
}

/// Commas separate; none: an empty list.
void from_text(std::string_view text, std::vector<std::string>& value);
[[nodiscard]] std::string text_of(const std::vector<std::string>& value);

/// No text: no value.
template <class T>
void from_text(std::string_view text, std::optional<T>& value) {
  if (text.empty())
    return value.reset();
  T given{};
  from_text(text, given);
  value = std::move(given);
}
template <class T>
[[nodiscard]] std::string text_of(const std::optional<T>& value) {
  return value ? text_of(*value) : std::string();
}

} // namespace websock::config
