// Bodies of lines.
#include "websock/channels/longpoll/posted_lines.hpp"

#include "websock/channels/envelope/base64.hpp"
#include "websock/http/token.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace websock::channels {

namespace {

[[nodiscard]] bool has_lines(const http::request& request) {
  const auto type = request.header("Content-Type").value_or(std::string_view());
  auto name = type.substr(0, type.find(';'));
  while (name.ends_with(' '))
    name.remove_suffix(1);
  return http::equal_ignoring_case(name, "application/x-ndjson");
}

[[nodiscard]] std::optional<message> message_of(std::string_view line) {
  if (line.starts_with('['))
    return text(std::string(line));
  auto octets = base64_decoded(line);
  if (!octets)
    return std::nullopt;
  return binary(*std::move(octets));
}

} // namespace

// A body without a line is a line without anything, which is no message.
std::optional<std::vector<message>> posted_lines(const http::request& request) {
  auto rest = request.body();
  std::vector<message> all;
  if (!has_lines(request)) {
    all.push_back(text(std::string(rest)));
    return all;
  }
  do {
    auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (line.ends_with('\r'))
      line.remove_suffix(1);
    auto made = message_of(line);
    if (!made)
      return std::nullopt;
    all.push_back(*std::move(made));
  } while (!rest.empty() && all.size() < most_lines);
  return all;
}

} // namespace websock::channels
