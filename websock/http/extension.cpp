// A small reader that takes tokens, delimiters and quoted strings off the front.
#include "websock/http/extension.hpp"

#include "websock/http/token.hpp"

#include <algorithm>
#include <utility>

namespace websock::http {

namespace {

void skip_space(std::string_view& in) noexcept {
  while (in.starts_with(' ') || in.starts_with('\t'))
    in.remove_prefix(1);
}

bool take_sign(std::string_view& in, char sign) noexcept {
  skip_space(in);
  if (!in.starts_with(sign))
    return false;
  in.remove_prefix(1);
  return true;
}

// Empty if there is none.
std::string_view take_token(std::string_view& in) noexcept {
  skip_space(in);
  const auto end = std::find_if_not(in.begin(), in.end(), is_token_char);
  const auto token = in.substr(0, static_cast<std::size_t>(end - in.begin()));
  in.remove_prefix(token.size());
  return token;
}

// RFC 9110 §5.6.4, after the opening quote.
std::optional<std::string> take_quoted(std::string_view& in) {
  std::string text;
  while (!in.empty()) {
    char next = in.front();
    in.remove_prefix(1);
    if (next == '"')
      return text;
    if (next == '\\') {
      if (in.empty())
        break;
      next = in.front();
      in.remove_prefix(1);
    }
    text.push_back(next);
  }
  return std::nullopt;
}

// RFC 6455 §9.1: a quoted value must still be a token.
std::optional<std::string> take_value(std::string_view& in) {
  auto value = take_sign(in, '"') ? take_quoted(in) : std::string(take_token(in));
  if (value && !is_token(*value))
    value.reset();
  return value;
}

std::optional<extension::param> take_param(std::string_view& in) {
  extension::param param{take_token(in), {}};
  if (param.name.empty())
    return std::nullopt;
  if (!take_sign(in, '='))
    return param;
  param.value = take_value(in);
  if (!param.value)
    return std::nullopt;
  return param;
}

} // namespace

std::optional<extension> parse_extension(std::string_view element) {
  extension found{take_token(element), {}};
  if (found.name.empty())
    return std::nullopt;
  while (take_sign(element, ';')) {
    auto param = take_param(element);
    if (!param)
      return std::nullopt;
    found.params.push_back(*std::move(param));
  }
  skip_space(element);
  if (!element.empty())
    return std::nullopt;
  return found;
}

} // namespace websock::http
