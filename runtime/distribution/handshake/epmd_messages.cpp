// Writing and reading what epmd is asked.
#include "epmd_messages.hpp"

#include "octets.hpp"
#include "short_packets.hpp"

#include <algorithm>
#include <cassert>

namespace websock::runtime::distribution {

namespace {

constexpr std::size_t most_octets = 255; // of a name, and of what a node says besides

enum class tag : char { alive = 120, port = 122, names = 110 };

void put_text(std::string& octets, std::string_view text) {
  assert(text.size() <= most_octets);
  detail::put(octets, static_cast<std::uint16_t>(text.size()));
  octets += text;
}

// The fields that ALIVE2_REQ and PORT2_RESP share.
void put_node(std::string& octets, const epmd_node& node) {
  detail::put(octets, node.port);
  detail::put(octets, static_cast<std::uint8_t>(node.type));
  detail::put(octets, node.protocol);
  detail::put(octets, node.highest_version);
  detail::put(octets, node.lowest_version);
  put_text(octets, node.name);
  put_text(octets, node.extra);
}

[[nodiscard]] epmd_node node_in(detail::fields& from) {
  epmd_node node;
  node.port = from.number<std::uint16_t>();
  node.type = static_cast<epmd_node_type>(from.number<std::uint8_t>());
  node.protocol = from.number<std::uint8_t>();
  node.highest_version = from.number<std::uint16_t>();
  node.lowest_version = from.number<std::uint16_t>();
  node.name = from.text(from.number<std::uint16_t>());
  node.extra = from.text(from.number<std::uint16_t>());
  return node;
}

struct request_writer {
  std::string& octets;

  void operator()(const epmd_alive_request& request) const {
    octets += static_cast<char>(tag::alive);
    put_node(octets, request.node);
  }
  void operator()(const epmd_port_request& request) const {
    octets += static_cast<char>(tag::port);
    octets += request.name;
  }
  void operator()(const epmd_names_request&) const {
    octets += static_cast<char>(tag::names);
  }
};

[[nodiscard]] std::optional<epmd_request> alive_request_in(std::string_view body) {
  detail::fields from(body);
  epmd_alive_request request{node_in(from)};
  if (!from.is_intact() || !is_epmd_name(request.node.name)
      || request.node.extra.size() > most_octets)
    return std::nullopt;
  return request;
}

// Some clients end the name with a zero.
[[nodiscard]] std::optional<epmd_request> port_request_in(std::string_view name) {
  if (!name.empty() && name.back() == '\0')
    name.remove_suffix(1);
  if (!is_epmd_name(name))
    return std::nullopt;
  return epmd_port_request{std::string(name)};
}

} // namespace

std::string to_octets(const epmd_request& request) {
  std::string message;
  std::visit(request_writer{message}, request);
  std::string octets;
  detail::put_packet(octets, message);
  return octets;
}

std::optional<epmd_request> read_epmd_request(std::string_view message) {
  if (message.empty())
    return std::nullopt;
  const auto body = message.substr(1);
  switch (static_cast<tag>(message.front())) {
  case tag::alive:
    return alive_request_in(body);
  case tag::port:
    return port_request_in(body);
  case tag::names:
    return body.empty() ? std::optional<epmd_request>(epmd_names_request{})
                        : std::nullopt;
  }
  return std::nullopt;
}

bool is_epmd_name(std::string_view name) noexcept {
  return !name.empty() && name.size() <= most_octets
         && std::all_of(name.begin(), name.end(), [](char octet) {
              return static_cast<unsigned char>(octet) > ' ' && octet != '\x7f'
                     && octet != '@';
            });
}

namespace {

[[nodiscard]] std::string alive_octets(const epmd_node& to, std::uint8_t result,
                                       std::uint32_t creation) {
  std::string octets;
  const bool is_wide = to.highest_version >= 6;
  octets += is_wide ? '\x76' : '\x79'; // 118: ALIVE2_X_RESP, 121: ALIVE2_RESP
  detail::put(octets, result);
  if (is_wide)
    detail::put(octets, creation);
  else
    detail::put(octets, static_cast<std::uint16_t>(creation % 3 + 1));
  return octets;
}

} // namespace

std::string alive_answer(const epmd_node& to, std::uint32_t creation) {
  return alive_octets(to, 0, creation);
}

std::string alive_refusal(const epmd_node& to) {
  return alive_octets(to, 1, 99); // as Erlang's epmd has it
}

std::string port_answer(const epmd_node& found) {
  std::string octets{'\x77', '\0'}; // 119: PORT2_RESP
  put_node(octets, found);
  return octets;
}

std::string port_refusal() {
  return {'\x77', '\1'};
}

std::string names_answer(std::uint16_t port_of_epmd,
                         const std::vector<epmd_name>& names) {
  std::string octets;
  detail::put(octets, std::uint32_t{port_of_epmd});
  for (const auto& each : names)
    octets += "name " + each.name + " at port " + std::to_string(each.port) + "\n";
  return octets;
}

namespace {

[[nodiscard]] epmd_error malformed() {
  return {epmd_failure::malformed,
          "epmd answers with something that is no answer of epmd"};
}

} // namespace

epmd_answer<std::uint32_t> read_alive_answer(std::string_view octets) {
  detail::fields from(octets);
  const auto kind = from.number<std::uint8_t>();
  if (!from.is_intact())
    return epmd_incomplete{};
  if (kind != 118 && kind != 121)
    return malformed();
  const auto result = from.number<std::uint8_t>();
  const std::uint32_t creation =
      kind == 118 ? from.number<std::uint32_t>() : from.number<std::uint16_t>();
  if (!from.is_intact())
    return epmd_incomplete{};
  if (result != 0)
    return epmd_error{epmd_failure::taken,
                      "epmd refuses the name: another node of this host has it"};
  return creation;
}

epmd_answer<epmd_node> read_port_answer(std::string_view octets) {
  detail::fields from(octets);
  const auto kind = from.number<std::uint8_t>();
  if (from.is_intact() && kind != 119)
    return malformed();
  const auto result = from.number<std::uint8_t>();
  if (!from.is_intact())
    return epmd_incomplete{};
  if (result != 0)
    return epmd_error{epmd_failure::unknown, "epmd knows no node of this name"};
  auto node = node_in(from);
  if (!from.is_intact())
    return epmd_incomplete{};
  if (node.protocol != 0 || node.highest_version < 6 || node.lowest_version > 6)
    return epmd_error{epmd_failure::version,
                      "the node does not speak version 6 of the handshake over TCP"};
  return node;
}

} // namespace websock::runtime::distribution
