// Evaluates conditional requests.

#include "websock/http/conditional.hpp"

#include "websock/http/date.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <vector>

namespace websock::http {

namespace {

enum class comparison : std::uint8_t { strong, weak };

struct tag {
  std::string_view opaque; // including the quotes
  bool is_weak = false;
};

// RFC 9110 §8.8.3: the next tag of a list; empty at the end, or if it is malformed.
// Unlike in other quoted strings, a backslash in a tag escapes nothing.
[[nodiscard]] std::optional<tag> take_tag(std::string_view& list) noexcept {
  list.remove_prefix(std::min(list.find_first_not_of(" \t,"), list.size()));
  tag taken;
  if (list.starts_with("W/")) {
    taken.is_weak = true;
    list.remove_prefix(2);
  }
  const std::size_t end = list.find('"', 1);
  if (!list.starts_with('"') || end == std::string_view::npos)
    return std::nullopt;
  taken.opaque = list.substr(0, end + 1);
  list.remove_prefix(end + 1);
  return taken;
}

// RFC 9110 §13.1.1 and §13.1.2: "*" matches any version.
[[nodiscard]] bool lists(const std::vector<std::string_view>& values,
                         std::string_view etag, comparison how) {
  return std::any_of(values.begin(), values.end(), [&](std::string_view list) {
    if (list == "*")
      return true;
    while (const auto each = take_tag(list)) {
      if (each->opaque == etag && (how == comparison::weak || !each->is_weak))
        return true;
    }
    return false;
  });
}

/// The date in a header; empty if the header is missing, repeated or not a date: such a
/// condition is ignored (RFC 9110 §13.1.3, §13.1.4).
[[nodiscard]] std::optional<std::chrono::sys_seconds> date_of(const request& request,
                                                              std::string_view name) {
  const auto values = request.header_values(name);
  return values.size() == 1 ? parse_date(values[0]) : std::nullopt;
}

[[nodiscard]] bool is_as_expected(const request& request, const validators& current) {
  const auto tags = request.header_values("If-Match");
  if (!tags.empty())
    return lists(tags, current.etag, comparison::strong);
  const auto since = date_of(request, "If-Unmodified-Since");
  return !since || !current.modified || *current.modified <= *since;
}

[[nodiscard]] bool is_known(const request& request, const validators& current) {
  const auto tags = request.header_values("If-None-Match");
  if (!tags.empty())
    return lists(tags, current.etag, comparison::weak);
  const auto since = date_of(request, "If-Modified-Since");
  return since && current.modified && *current.modified <= *since;
}

} // namespace

condition evaluate(const request& request, const validators& current) {
  if (!is_as_expected(request, current))
    return condition::failed;
  return is_known(request, current) ? condition::not_modified : condition::holds;
}

// FNV-1a is enough, as only the author of the program chooses what is hashed.
std::string etag_of(std::string_view content) {
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const char each : content) {
    hash ^= static_cast<unsigned char>(each);
    hash *= 0x100000001B3U;
  }
  std::array<char, 16> digits{};
  const auto [end, error] =
      std::to_chars(digits.data(), digits.data() + digits.size(), hash, 16);
  return '"' + std::string(digits.data(), end) + '-' + std::to_string(content.size())
         + '"';
}

} // namespace websock::http
