// The depth of what arrives is bounded by the limits of the cluster, and so is recursion.
#include "websock/phoenix/pubsub/broadcast_terms.hpp"

#include "websock/channels/envelope/json.hpp"
#include "websock/channels/envelope/json_text.hpp"
#include "websock/protocol/utf8_validator.hpp"
#include "websock/runtime/address/not_transmissible.hpp"

#include <stdexcept>
#include <string_view>
#include <utility>

namespace websock::phoenix {

namespace etf = runtime::etf;

using channels::broadcast_message;
using channels::payload;
using websock::json;

namespace {

constexpr auto broadcast_struct = "Elixir.Phoenix.Socket.Broadcast";
constexpr auto octets_follow = "binary";

[[nodiscard]] etf::value atom_of(const char* name) {
  return etf::atom{name};
}

[[nodiscard]] etf::value value_of(const json& from);

[[nodiscard]] etf::value list_of(const json& from) {
  etf::list all;
  for (const auto& each : from)
    all.elements.push_back(value_of(each));
  return all;
}

[[nodiscard]] etf::value map_of(const json& from) {
  etf::map all;
  for (const auto& [key, each] : from.items())
    all.pairs.emplace_back(etf::binary{key}, value_of(each));
  return all;
}

etf::value value_of(const json& from) {
  switch (from.type()) {
  case json::value_t::object:
    return map_of(from);
  case json::value_t::array:
    return list_of(from);
  case json::value_t::string:
    return etf::binary{from.get<std::string>()};
  case json::value_t::boolean:
    return atom_of(from.get<bool>() ? "true" : "false");
  case json::value_t::number_integer:
    return from.get<std::int64_t>();
  case json::value_t::number_unsigned:
    return from.get<std::uint64_t>();
  case json::value_t::number_float:
    return from.get<double>();
  case json::value_t::null:
  case json::value_t::binary:
  case json::value_t::discarded:
    break;
  }
  return atom_of("nil");
}

[[nodiscard]] etf::value payload_to_etf(const payload& body) {
  if (body.is_binary())
    return etf::tuple{{atom_of(octets_follow), etf::binary{body.text()}}};
  return value_of(body.value());
}

/// Appends a term to a text of JSON; each function is false if it cannot.
class json_writer {
public:
  explicit json_writer(std::string& out) noexcept : out_(out) {}

  bool operator()(std::int64_t number) {
    out_ += std::to_string(number);
    return true;
  }
  bool operator()(double number) {
    out_ += json(number).dump();
    return true;
  }
  bool operator()(const etf::big& number) {
    out_ += to_string(etf::value(number));
    return true;
  }
  bool operator()(const etf::atom& name) {
    if (name.name == "nil")
      out_ += "null";
    else if (name.name == "true" || name.name == "false")
      out_ += name.name;
    else
      channels::append_quoted(out_, name.name);
    return true;
  }
  bool operator()(const etf::binary& text) { return write_text(text.octets); }
  bool operator()(const etf::string_list& octets) {
    char before = '[';
    for (const char each : octets.octets) {
      out_ += before + std::to_string(static_cast<unsigned char>(each));
      before = ',';
    }
    out_ += ']';
    return true;
  }
  bool operator()(const etf::list& all) {
    char before = '[';
    for (const auto& each : all.elements) {
      out_ += before;
      before = ',';
      if (!each.visit(*this))
        return false;
    }
    out_ += all.elements.empty() ? "[]" : "]";
    return true;
  }
  bool operator()(const etf::map& all) {
    char before = '{';
    for (const auto& [key, each] : all.pairs) {
      out_ += before;
      before = ',';
      if (!write_key(key) || !each.visit(*this))
        return false;
    }
    out_ += all.pairs.empty() ? "{}" : "}";
    return true;
  }
  bool operator()(const auto&) { return false; } // tuples, processes, functions

private:
  bool write_text(std::string_view text) {
    if (!protocol::is_valid_utf8(text))
      return false;
    channels::append_quoted(out_, text);
    return true;
  }
  // Structs have encoders of their own in Elixir, which nobody can call here.
  bool write_key(const etf::value& key) {
    std::string text;
    if (const auto* name = key.get_if<etf::atom>())
      text = name->name;
    else if (const auto* octets = key.get_if<etf::binary>())
      text = octets->octets;
    else if (const auto* number = key.get_if<std::int64_t>())
      text = std::to_string(*number);
    else
      return false;
    if (key.is_atom("__struct__") || !write_text(text))
      return false;
    out_ += ':';
    return true;
  }

  std::string& out_;
};

[[nodiscard]] std::optional<std::string> text_in(const etf::value& term,
                                                 const char* key) {
  const auto* const found = term.find(atom_of(key));
  const auto* const text = found == nullptr ? nullptr : found->get_if<etf::binary>();
  if (text == nullptr || !protocol::is_valid_utf8(text->octets))
    return std::nullopt;
  return text->octets;
}

[[nodiscard]] std::optional<payload> payload_from_etf(const etf::value* body) {
  if (body == nullptr)
    return std::nullopt;
  if (body->is_tagged(octets_follow, 2)) {
    const auto* const octets = body->elements()[1].get_if<etf::binary>();
    return octets == nullptr ? std::nullopt
                             : std::optional(payload::binary(octets->octets));
  }
  auto text = body->is<etf::map>() ? json_of(*body) : std::nullopt;
  return text ? std::optional(payload::from_text(*std::move(text))) : std::nullopt;
}

} // namespace

std::optional<std::string> json_of(const etf::value& term) {
  std::string text;
  return term.visit(json_writer(text)) ? std::optional(std::move(text)) : std::nullopt;
}

etf::value broadcast_to_etf(const broadcast_message& what) {
  try {
    return etf::map{{{atom_of("__struct__"), atom_of(broadcast_struct)},
                     {atom_of("topic"), etf::binary{what.topic()}},
                     {atom_of("event"), etf::binary{what.event()}},
                     {atom_of("payload"), payload_to_etf(what.body())}}};
  } catch (const std::length_error&) {
    throw runtime::not_transmissible("a payload that is nested so deeply is no term");
  }
}

bool is_broadcast(const etf::value& term) {
  const auto* const name = term.find(atom_of("__struct__"));
  return name != nullptr && name->is_atom(broadcast_struct);
}

std::optional<broadcast_message> broadcast_from_etf(const etf::value& term) {
  auto topic = text_in(term, "topic");
  auto event = text_in(term, "event");
  auto body = payload_from_etf(term.find(atom_of("payload")));
  if (!topic || !event || !body)
    return std::nullopt;
  try {
    return broadcast_message(*std::move(topic), *std::move(event), *std::move(body));
  } catch (const std::length_error&) { // octets, and a topic that is too long for them
    return std::nullopt;
  }
}

} // namespace websock::phoenix
