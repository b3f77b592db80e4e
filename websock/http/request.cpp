// The accessors of a request.

#include "websock/http/request.hpp"

#include "websock/http/cookie.hpp"
#include "websock/http/percent.hpp"
#include "websock/http/target.hpp"
#include "websock/http/token.hpp"

#include <algorithm>
#include <charconv>

namespace websock::http {

struct request::state {
  std::string text;
  std::string path; // percent-decoded
  std::string body;
  std::string_view method;
  std::string_view target;
  target_parts parts;
  std::vector<field> fields;
  path_params params;
  const request_source* source = nullptr;
  int version_minor = 1;
};

namespace {

std::string_view view_of(std::string_view text, head_layout::range range) noexcept {
  return text.substr(range.begin, range.size);
}

// Takes the next name=value pair off the front of a query string.
std::pair<std::string_view, std::string_view>
take_pair(std::string_view& query) noexcept {
  const std::size_t end = std::min(query.find('&'), query.size());
  const std::string_view pair = query.substr(0, end);
  query.remove_prefix(std::min(end + 1, query.size()));
  const std::size_t equals = std::min(pair.find('='), pair.size());
  return {pair.substr(0, equals), pair.substr(std::min(equals + 1, pair.size()))};
}

} // namespace

request::request(std::string text, const head_layout& layout)
    : state_(std::make_unique<state>()) {
  state_->text = std::move(text);
  state_->method = view_of(state_->text, layout.method);
  state_->target = view_of(state_->text, layout.target);
  state_->parts = state_->target == whole_server
                      ? target_parts{whole_server, {}}
                      : split_target(state_->target).value_or(target_parts{"/", {}});
  state_->path = percent_decode(state_->parts.path).value_or("/");
  state_->version_minor = layout.version_minor;
  state_->fields.reserve(layout.fields.size());
  for (const auto& [name, value] : layout.fields)
    state_->fields.push_back({view_of(state_->text, name), view_of(state_->text, value)});
}

request::request(request&&) noexcept = default;
request& request::operator=(request&&) noexcept = default;
request::~request() = default;

std::string_view request::method() const noexcept {
  return state_->method;
}
std::string_view request::target() const noexcept {
  return state_->target;
}
std::string_view request::path() const noexcept {
  return state_->path;
}
std::string_view request::raw_path() const noexcept {
  return state_->parts.path;
}
int request::version_minor() const noexcept {
  return state_->version_minor;
}
std::span<const field> request::headers() const noexcept {
  return state_->fields;
}

std::optional<std::string_view> request::header(std::string_view name) const noexcept {
  for (const field& each : state_->fields) {
    if (equal_ignoring_case(each.name, name))
      return each.value;
  }
  return std::nullopt;
}

std::vector<std::string_view> request::header_values(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const field& each : state_->fields) {
    if (equal_ignoring_case(each.name, name))
      values.push_back(each.value);
  }
  return values;
}

bool request::has_token(std::string_view name, std::string_view token) const noexcept {
  for (const field& each : state_->fields) {
    if (!equal_ignoring_case(each.name, name))
      continue;
    std::string_view list = each.value;
    while (const auto element = take_list_element(list)) {
      if (equal_ignoring_case(*element, token))
        return true;
    }
  }
  return false;
}

std::optional<std::string> request::query(std::string_view name) const {
  std::string_view rest = state_->parts.query;
  while (!rest.empty()) {
    const auto [key, value] = take_pair(rest);
    if (form_decode(key) == name)
      return form_decode(value);
  }
  return std::nullopt;
}

std::optional<form> request::query_params() const {
  return parse_form(state_->parts.query);
}

std::optional<std::string_view> request::cookie(std::string_view name) const noexcept {
  for (const http::field& each : state_->fields) {
    if (!equal_ignoring_case(each.name, "Cookie"))
      continue;
    if (const auto found = find_cookie(each.value, name))
      return found;
  }
  return std::nullopt;
}

std::string_view request::param(std::string_view name) const noexcept {
  for (const auto& [key, value] : state_->params) {
    if (key == name)
      return value;
  }
  return {};
}

void request::set_params(path_params params) noexcept {
  state_->params = std::move(params);
}

std::string request::peer() const {
  return state_->source != nullptr ? state_->source->peer_name() : std::string();
}

bool request::is_secure() const noexcept {
  return state_->source != nullptr && state_->source->is_secure();
}

void request::set_source(const request_source* source) noexcept {
  state_->source = source;
}

bool request::keep_alive() const noexcept {
  if (has_token("Connection", "close"))
    return false;
  return version_minor() >= 1 || has_token("Connection", "keep-alive");
}

std::uint64_t request::content_length() const noexcept {
  const std::string_view digits = header("Content-Length").value_or("0");
  std::uint64_t length = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), length);
  return error == std::errc{} && end == digits.data() + digits.size() ? length : 0;
}

bool request::is_chunked() const noexcept {
  return has_token("Transfer-Encoding", "chunked");
}

bool request::has_body() const noexcept {
  return content_length() != 0 || is_chunked();
}

std::string_view request::body() const noexcept {
  return state_->body;
}

void request::set_body(std::string body) noexcept {
  state_->body = std::move(body);
}

} // namespace websock::http
