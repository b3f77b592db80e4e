// Counts lines by source and period.
#include "line_limit.hpp"

#include <algorithm>

namespace websock::runtime::detail {

namespace {

constexpr std::size_t longest_subject = 200;

[[nodiscard]] std::string_view subject_of(std::string_view line) noexcept {
  return line.substr(0, std::min(line.find(':'), longest_subject));
}

// FNV-1a.
[[nodiscard]] std::uint64_t hash_of(log_level level, std::string_view subject) noexcept {
  constexpr std::uint64_t prime = 0x100000001B3;
  std::uint64_t hash = 0xCBF29CE484222325;
  const auto add = [&hash](std::uint8_t octet) { hash = (hash ^ octet) * prime; };
  add(static_cast<std::uint8_t>(level));
  for (const char c : subject)
    if (c < '0' || c > '9')
      add(static_cast<std::uint8_t>(c));
  return hash;
}

} // namespace

bool line_limit::passes(log_level level, std::string_view line, time_point now) {
  const auto subject = subject_of(line);
  const auto hash = hash_of(level, subject);
  auto& place = place_for(hash, now);
  if (place.held_back == 0 && now - place.since >= period) {
    place.hash = hash;
    place.since = now;
    place.passed = 0;
  }
  if (place.passed < most) {
    ++place.passed;
    return true;
  }
  if (place.held_back == 0) {
    place.subject = subject;
    place.level = level;
  }
  ++place.held_back;
  return false;
}

// The source's own place, else one that is no longer in use, else the last one.
line_limit::source& line_limit::place_for(std::uint64_t hash, time_point now) noexcept {
  const auto is_its_own = [hash](const source& each) { return each.hash == hash; };
  const auto is_free = [now](const source& each) {
    return each.held_back == 0 && now - each.since >= period;
  };
  auto* found = std::find_if(sources_.begin(), sources_.end(), is_its_own);
  if (found == sources_.end())
    found = std::find_if(sources_.begin(), sources_.end(), is_free);
  return found == sources_.end() ? sources_.back() : *found;
}

std::optional<line_limit::time_point> line_limit::next() const noexcept {
  std::optional<time_point> first;
  for (const auto& each : sources_)
    if (each.held_back > 0)
      first = std::min(first.value_or(time_point::max()), each.since + period);
  return first;
}

std::optional<line_limit::repeated> line_limit::take(time_point now) {
  for (auto& each : sources_) {
    if (each.held_back == 0 || now - each.since < period)
      continue;
    repeated told{each.level, each.subject + ": last message repeated "
                                  + std::to_string(each.held_back) + " times"};
    each = source{};
    return told;
  }
  return std::nullopt;
}

} // namespace websock::runtime::detail
