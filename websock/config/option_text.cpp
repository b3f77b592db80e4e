// Reads and writes the values of options.
#include "websock/config/option_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace websock::config {

namespace {

struct unit {
  std::string_view name;
  std::int64_t size;
};
constexpr std::array sizes{unit{"KiB", std::int64_t{1} << 10U},
                           unit{"MiB", std::int64_t{1} << 20U},
                           unit{"GiB", std::int64_t{1} << 30U}};
constexpr std::array times{unit{"d", 86'400'000}, unit{"h", 3'600'000},
                           unit{"min", 60'000}, unit{"s", 1'000}, unit{"ms", 1}};
constexpr const char* no_number = "a whole number";
constexpr const char* no_time = "a time with a unit, as in 500ms, 60s, 10min, 2h or 1d";

/// The number in front; `text` becomes what follows.
[[nodiscard]] std::int64_t take_number(std::string_view& text, const char* wanted) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{})
    throw malformed(wanted);
  text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
  return number;
}

[[nodiscard]] std::int64_t times_unit(std::int64_t number, std::int64_t size,
                                      const char* wanted) {
  if (number < 0 || number > std::numeric_limits<std::int64_t>::max() / size)
    throw malformed(wanted);
  return number * size;
}

template <class Units>
[[nodiscard]] const unit* find(const Units& units, std::string_view name) {
  const auto found = std::find_if(units.begin(), units.end(),
                                  [&](const unit& each) { return each.name == name; });
  return found == units.end() ? nullptr : &*found;
}

[[nodiscard]] std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ')
    text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ')
    text.remove_suffix(1);
  return text;
}

} // namespace

std::int64_t number_from(std::string_view text) {
  const auto number = take_number(text, no_number);
  if (text.empty())
    return number;
  const auto* const size = find(sizes, text);
  if (size == nullptr)
    throw malformed(no_number);
  return times_unit(number, size->size, no_number);
}

std::chrono::milliseconds time_from(std::string_view text) {
  if (text == "forever")
    return std::chrono::milliseconds::max();
  const auto number = take_number(text, no_time);
  const auto* const unit = find(times, text);
  if (unit == nullptr)
    throw malformed(no_time);
  return std::chrono::milliseconds(times_unit(number, unit->size, no_time));
}

std::string text_of_time(std::chrono::milliseconds time) {
  if (time == std::chrono::milliseconds::max())
    return "forever";
  const auto* const unit =
      time.count() == 0
          ? find(times, "s")
          : &*std::find_if(times.begin(), times.end(), [&](const auto& each) {
              return time.count() % each.size == 0;
            });
  return std::to_string(time.count() / unit->size) + std::string(unit->name);
}

void from_text(std::string_view text, bool& value) {
  constexpr std::array<std::string_view, 4> yes{"true", "on", "yes", "1"};
  constexpr std::array<std::string_view, 4> no{"false", "off", "no", "0"};
  value = std::find(yes.begin(), yes.end(), text) != yes.end();
  if (!value && std::find(no.begin(), no.end(), text) == no.end())
    throw malformed("true or false");
}

std::string text_of(bool value) {
  return value ? "true" : "false";
}

void from_text(std::string_view text, std::vector<std::string>& value) {
  std::vector<std::string> given;
  while (!text.empty()) {
    const auto end = std::min(text.find(','), text.size());
    if (const auto one = trimmed(text.substr(0, end)); !one.empty())
      given.emplace_back(one);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  value = std::move(given);
}

std::string text_of(const std::vector<std::string>& value) {
  std::string all;
  for (const auto& each : value)
    all += (all.empty() ? "" : ",") + each;
  return all;
}

} // namespace websock::config
