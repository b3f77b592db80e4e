// What is said to Erlang's port mapper, epmd, and what it answers (erl_dist_protocol,
// "EPMD Protocol"): octets <-> structs, for both ends. Requests stand behind lengths of
// two octets, answers do not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace websock::runtime::distribution {

inline constexpr std::uint16_t epmd_port = 4369;

enum class epmd_node_type : std::uint8_t { hidden = 72, normal = 77 };

/// A node as epmd knows it.
struct epmd_node {
  std::string name; // before the @
  std::uint16_t port = 0;
  epmd_node_type type = epmd_node_type::hidden;
  std::uint8_t protocol = 0;         // TCP
  std::uint16_t highest_version = 6; // of the handshake
  std::uint16_t lowest_version = 6;
  std::string extra;

  friend bool operator==(const epmd_node&, const epmd_node&) = default;
};

/// A line of its list of nodes.
struct epmd_name {
  std::string name;
  std::uint16_t port = 0;

  friend bool operator==(const epmd_name&, const epmd_name&) = default;
};

/// What a client can ask for.
struct epmd_alive_request {
  epmd_node node;
};
struct epmd_port_request {
  std::string name;
};
struct epmd_names_request {};
using epmd_request =
    std::variant<epmd_alive_request, epmd_port_request, epmd_names_request>;

/// ALIVE2_REQ, PORT_PLEASE2_REQ or NAMES_REQ, with its length. Precondition: names and
/// extra have at most 255 octets.
[[nodiscard]] std::string to_octets(const epmd_request& request);
/// The same without its length; none if it is none of them.
[[nodiscard]] std::optional<epmd_request> read_epmd_request(std::string_view message);

/// Whether epmd takes the name: 1 to 255 octets without spaces, controls and @.
[[nodiscard]] bool is_epmd_name(std::string_view name) noexcept;

/// ALIVE2_X_RESP for a node of version 6, else ALIVE2_RESP, whose creation is from 1
/// to 3.
[[nodiscard]] std::string alive_answer(const epmd_node& to, std::uint32_t creation);
[[nodiscard]] std::string alive_refusal(const epmd_node& to);
/// PORT2_RESP.
[[nodiscard]] std::string port_answer(const epmd_node& found);
[[nodiscard]] std::string port_refusal();
/// NAMES_RESP.
[[nodiscard]] std::string names_answer(std::uint16_t port_of_epmd,
                                       const std::vector<epmd_name>& names);

enum class epmd_failure {
  malformed, // an answer that the protocol does not have
  too_long,  // an answer beyond its limit
  taken,     // another node has that name at this host
  unknown,   // no node of that name at this host
  version,   // that node does not speak version 6 over TCP
  closed,    // the answer broke off
};

struct epmd_error {
  epmd_failure reason;
  std::string text; // for people
};

struct epmd_incomplete {};

/// An answer, as far as it has come.
template <class Result>
using epmd_answer = std::variant<epmd_incomplete, Result, epmd_error>;

/// The creation of the node that asked to be registered.
[[nodiscard]] epmd_answer<std::uint32_t> read_alive_answer(std::string_view octets);
[[nodiscard]] epmd_answer<epmd_node> read_port_answer(std::string_view octets);
/// Complete when the stream has ended; lines that are laid out otherwise are left out.
[[nodiscard]] std::optional<std::vector<epmd_name>>
read_names_answer(std::string_view octets);

} // namespace websock::runtime::distribution
