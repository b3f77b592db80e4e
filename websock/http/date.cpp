// Formats and parses dates.

#include "websock/http/date.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>

namespace websock::http {

namespace {

using std::chrono::sys_seconds;

constexpr std::array<std::string_view, 7> days{
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> months{
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::size_t short_day = 3; // letters

void append_digits(std::string& out, unsigned value, std::size_t width) {
  const auto digits = std::to_string(value);
  out.append(width - std::min(width, digits.size()), '0').append(digits);
}

/// Takes one element after another off the front of a text; false once one is missing.
class reader {
public:
  explicit reader(std::string_view text) noexcept : rest_(text) {}

  [[nodiscard]] bool literal(std::string_view text) noexcept {
    if (!rest_.starts_with(text))
      return false;
    rest_.remove_prefix(text.size());
    return true;
  }
  [[nodiscard]] bool number(std::size_t width, int& into) noexcept {
    if (rest_.size() < width)
      return false;
    const char* const end = rest_.data() + width;
    const bool has_sign = rest_.front() == '-';
    const auto [stop, error] = std::from_chars(rest_.data(), end, into);
    rest_.remove_prefix(width);
    return error == std::errc{} && stop == end && !has_sign;
  }
  [[nodiscard]] bool month(int& into) noexcept {
    for (std::size_t i = 0; i < months.size(); ++i) {
      if (literal(months[i])) {
        into = static_cast<int>(i) + 1;
        return true;
      }
    }
    return false;
  }
  /// Accepts any day of the week, as nothing depends on it.
  [[nodiscard]] bool day_name(std::size_t letters) noexcept {
    return std::any_of(days.begin(), days.end(), [&](std::string_view each) {
      return literal(each.substr(0, letters));
    });
  }
  [[nodiscard]] bool is_at_end() const noexcept { return rest_.empty(); }

private:
  std::string_view rest_;
};

struct fields {
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
};

[[nodiscard]] bool read_time(reader& text, fields& into) noexcept {
  return text.number(2, into.hour) && text.literal(":") && text.number(2, into.minute)
         && text.literal(":") && text.number(2, into.second);
}

// Sun, 06 Nov 1994 08:49:37 GMT
[[nodiscard]] bool read_fixdate(reader text, fields& into) {
  return text.day_name(short_day) && text.literal(", ") && text.number(2, into.day)
         && text.literal(" ") && text.month(into.month) && text.literal(" ")
         && text.number(4, into.year) && text.literal(" ") && read_time(text, into)
         && text.literal(" GMT") && text.is_at_end();
}

// Sunday, 06-Nov-94 08:49:37 GMT. A year that appears to be more than 50 years ahead
// belongs to the previous century.
[[nodiscard]] bool read_rfc850(reader text, fields& into) {
  if (!(text.day_name(std::string_view::npos) && text.literal(", ")
        && text.number(2, into.day) && text.literal("-") && text.month(into.month)
        && text.literal("-") && text.number(2, into.year) && text.literal(" ")
        && read_time(text, into) && text.literal(" GMT") && text.is_at_end()))
    return false;
  const std::chrono::year_month_day today{
      std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now())};
  const int now = static_cast<int>(today.year());
  into.year += now - now % 100;
  if (into.year > now + 50)
    into.year -= 100;
  return true;
}

// Sun Nov  6 08:49:37 1994
[[nodiscard]] bool read_asctime(reader text, fields& into) {
  if (!(text.day_name(short_day) && text.literal(" ") && text.month(into.month)
        && text.literal(" ")))
    return false;
  const bool has_day =
      text.literal(" ") ? text.number(1, into.day) : text.number(2, into.day);
  return has_day && text.literal(" ") && read_time(text, into) && text.literal(" ")
         && text.number(4, into.year) && text.is_at_end();
}

[[nodiscard]] std::optional<sys_seconds> moment_of(const fields& parts) {
  using namespace std::chrono;
  const year_month_day date{year{parts.year}, month{static_cast<unsigned>(parts.month)},
                            day{static_cast<unsigned>(parts.day)}};
  // 60: a leap second
  if (!date.ok() || parts.hour > 23 || parts.minute > 59 || parts.second > 60)
    return std::nullopt;
  return sys_days{date} + hours{parts.hour} + minutes{parts.minute}
         + seconds{parts.second};
}

} // namespace

std::string format_date(sys_seconds when) {
  using namespace std::chrono;
  const auto midnight = floor<std::chrono::days>(when);
  const year_month_day date{midnight};
  const hh_mm_ss time{when - midnight};
  std::string out{days[weekday{midnight}.c_encoding()].substr(0, short_day)};
  append_digits(out.append(", "), static_cast<unsigned>(date.day()), 2);
  out.append(" ").append(months[static_cast<unsigned>(date.month()) - 1]).append(" ");
  append_digits(out, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  append_digits(out.append(" "), static_cast<unsigned>(time.hours().count()), 2);
  append_digits(out.append(":"), static_cast<unsigned>(time.minutes().count()), 2);
  append_digits(out.append(":"), static_cast<unsigned>(time.seconds().count()), 2);
  return out.append(" GMT");
}

std::optional<sys_seconds> parse_date(std::string_view text) {
  for (const auto read : std::array{read_fixdate, read_rfc850, read_asctime}) {
    fields found;
    if (read(reader(text), found))
      return moment_of(found);
  }
  return std::nullopt;
}

std::string_view date_header::at(std::chrono::system_clock::time_point now) {
  const auto second = std::chrono::floor<std::chrono::seconds>(now);
  if (second != second_ || text_.empty()) {
    text_ = format_date(second);
    second_ = second;
  }
  return text_;
}

} // namespace websock::http
