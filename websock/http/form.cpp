// Decodes forms.
#include "websock/http/form.hpp"

#include "websock/http/percent.hpp"

#include <algorithm>
#include <cstdint>

namespace websock::http {

namespace {

/// The octets that follow one that starts a character (Unicode, table 3-7): how many, and
/// the range of the first of them.
struct sequence {
  std::size_t more;
  std::uint8_t least = 0x80;
  std::uint8_t most = 0xBF;
};

std::optional<sequence> started_by(std::uint8_t octet) noexcept {
  if (octet < 0x80)
    return sequence{0};
  if (octet >= 0xC2 && octet <= 0xDF)
    return sequence{1};
  if (octet >= 0xE0 && octet <= 0xEF)
    return sequence{2, static_cast<std::uint8_t>(octet == 0xE0 ? 0xA0 : 0x80),
                    static_cast<std::uint8_t>(octet == 0xED ? 0x9F : 0xBF)};
  if (octet >= 0xF0 && octet <= 0xF4)
    return sequence{3, static_cast<std::uint8_t>(octet == 0xF0 ? 0x90 : 0x80),
                    static_cast<std::uint8_t>(octet == 0xF4 ? 0x8F : 0xBF)};
  return std::nullopt;
}

bool is_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    const auto found = started_by(static_cast<std::uint8_t>(text.front()));
    if (!found || text.size() <= found->more)
      return false;
    for (std::size_t i = 1; i <= found->more; ++i) {
      const auto octet = static_cast<std::uint8_t>(text[i]);
      const std::uint8_t least = i == 1 ? found->least : 0x80;
      const std::uint8_t most = i == 1 ? found->most : 0xBF;
      if (octet < least || octet > most)
        return false;
    }
    text.remove_prefix(found->more + 1);
  }
  return true;
}

std::optional<std::string> decode_text(std::string_view encoded) {
  auto text = form_decode(encoded);
  return text && is_utf8(*text) ? std::move(text) : std::nullopt;
}

// "a[b][]" has "a", "b" and ""; a name that does not end in a bracket is one part.
std::vector<std::string_view> parts_of(std::string_view name) {
  const std::size_t open = name.find('[');
  if (open == std::string_view::npos || !name.ends_with(']'))
    return {name};
  std::vector<std::string_view> parts{name.substr(0, open)};
  std::string_view rest = name.substr(open + 1, name.size() - open - 2);
  for (;;) {
    const std::size_t end = rest.find("][");
    parts.push_back(rest.substr(0, end));
    if (end == std::string_view::npos)
      return parts;
    rest.remove_prefix(end + 2);
  }
}

bool put(form& into, std::string_view name, std::string_view value,
         std::size_t max_depth) {
  const auto parts = parts_of(name);
  if (parts.size() > max_depth + 1)
    return false;
  form* at = &into.field(parts.front());
  for (auto part = parts.begin() + 1; part != parts.end(); ++part)
    at = part->empty() ? &at->append() : &at->field(*part);
  *at = form(std::string(value));
  return true;
}

} // namespace

const form* form::find(std::string_view name) const noexcept {
  const auto* named = as_fields();
  if (named == nullptr)
    return nullptr;
  const auto found = std::find_if(named->begin(), named->end(),
                                  [&](const auto& each) { return each.first == name; });
  return found == named->end() ? nullptr : &found->second;
}

std::string_view form::text(std::string_view name) const noexcept {
  const form* const found = find(name);
  const auto* const text = found == nullptr ? nullptr : found->as_text();
  return text == nullptr ? std::string_view() : std::string_view(*text);
}

form& form::field(std::string_view name) {
  if (as_fields() == nullptr)
    value_ = fields();
  auto& named = std::get<fields>(value_);
  const auto found = std::find_if(named.begin(), named.end(),
                                  [&](const auto& each) { return each.first == name; });
  return found != named.end() ? found->second
                              : named.emplace_back(std::string(name), form()).second;
}

form& form::append() {
  if (as_list() == nullptr)
    value_ = list();
  return std::get<list>(value_).emplace_back();
}

std::optional<form> parse_form(std::string_view encoded, form_limits limits) {
  form all{form::fields()};
  for (std::size_t count = 0; !encoded.empty();) {
    const std::size_t end = std::min(encoded.find('&'), encoded.size());
    const std::string_view pair = encoded.substr(0, end);
    encoded.remove_prefix(std::min(end + 1, encoded.size()));
    if (pair.empty())
      continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const auto name = decode_text(pair.substr(0, equals));
    const auto value = decode_text(pair.substr(std::min(equals + 1, pair.size())));
    if (!name || !value || ++count > limits.max_values
        || !put(all, *name, *value, limits.max_depth))
      return std::nullopt;
  }
  return all;
}

} // namespace websock::http
