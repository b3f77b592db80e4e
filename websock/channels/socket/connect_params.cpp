// The values of a query as JSON.
#include "websock/channels/socket/connect_params.hpp"

#include "websock/http/form.hpp"

namespace websock::channels {

namespace {

[[nodiscard]] json json_of(const http::form& value) {
  if (const auto* const text = value.as_text())
    return *text;
  if (const auto* const elements = value.as_list()) {
    json all = json::array();
    for (const auto& each : *elements)
      all.push_back(json_of(each));
    return all;
  }
  json all = json::object();
  for (const auto& [name, each] : *value.as_fields())
    all[name] = json_of(each);
  return all;
}

} // namespace

std::optional<json> connect_params(std::string_view query) {
  const auto values = http::parse_form(query);
  return values ? std::optional(json_of(*values)) : std::nullopt;
}

} // namespace websock::channels
