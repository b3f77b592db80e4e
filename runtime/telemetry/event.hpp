// What a handler of events gets: numbers that can be added up, and what they are about.
#pragma once

#include "../term/term.hpp"
#include "event_name.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace websock::runtime {

/// A count, a number of octets, or a time in nanoseconds.
struct measurement {
  constexpr measurement(std::string_view its_name, std::int64_t its_value) noexcept
      : name(its_name), value(its_value) {}
  template <class Unsigned>
  requires(std::is_unsigned_v<Unsigned>) constexpr measurement(
      std::string_view its_name, Unsigned its_value) noexcept
      : measurement(its_name, static_cast<std::int64_t>(its_value)) {}
  template <class Rep, class Period>
  constexpr measurement(std::string_view its_name,
                        std::chrono::duration<Rep, Period> time) noexcept
      : measurement(its_name,
                    static_cast<std::int64_t>(std::chrono::nanoseconds(time).count())) {}

  std::string_view name; // a literal
  std::int64_t value;
};

struct metadatum {
  template <class T>
  metadatum(std::string_view its_name, T its_value)
      : name(its_name), value(std::move(its_value)) {}

  std::string_view name; // a literal
  term value;
};

struct event_facts {
  std::vector<measurement> measurements;
  std::vector<metadatum> metadata;
};

/// Valid while the handler runs.
struct event {
  event_name name;
  std::span<const measurement> measurements;
  std::span<const metadatum> metadata;

  [[nodiscard]] std::optional<std::int64_t>
  measured(std::string_view what) const noexcept {
    for (const auto& each : measurements)
      if (each.name == what)
        return each.value;
    return std::nullopt;
  }
  /// Null when there is no such metadatum, or it is of another type.
  template <class T>
  [[nodiscard]] const T* find(std::string_view what) const {
    for (const auto& each : metadata)
      if (each.name == what)
        return each.value.template get_if<T>();
    return nullptr;
  }
};

} // namespace websock::runtime
