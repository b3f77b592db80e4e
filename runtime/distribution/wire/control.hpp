// The control messages of the distribution protocol as structs (erl_dist_protocol,
// "Protocol between Connected Nodes"). Forms that say the same are one struct: those with
// a trace token, which nothing here follows, and those with the reason inside, which is
// the payload here as in the PAYLOAD forms.
#pragma once

#include "../etf/pid.hpp"
#include "../etf/reference.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>

namespace websock::runtime::distribution {

/// An etf::pid whose node is a view: into the packet or the atom cache when it was read
/// (see packet_decoder), into the etf::pid when it was made of one.
struct pid_view {
  std::string_view node;
  std::uint32_t id = 0;
  std::uint32_t serial = 0;
  std::uint32_t creation = 0;

  pid_view() = default;
  constexpr pid_view(std::string_view node_name, std::uint32_t number,
                     std::uint32_t serial_number, std::uint32_t node_creation) noexcept
      : node(node_name), id(number), serial(serial_number), creation(node_creation) {}
  explicit(false) pid_view(const etf::pid& owner) noexcept;
  pid_view(etf::pid&&) = delete;

  [[nodiscard]] etf::pid copy() const;
  friend bool operator==(const pid_view&, const pid_view&) = default;
};

/// An etf::reference likewise.
struct reference_view {
  std::string_view node;
  std::uint32_t creation = 0;
  std::uint32_t count = 0; // of words
  std::array<std::uint32_t, 5> words{};

  reference_view() = default;
  explicit(false) reference_view(const etf::reference& owner) noexcept;
  reference_view(etf::reference&&) = delete;

  [[nodiscard]] etf::reference copy() const;
  friend bool operator==(const reference_view&, const reference_view&) = default;
};

} // namespace websock::runtime::distribution

namespace websock::runtime::distribution::control {

/// A process, or a name registered on the node that the message is for.
using process_or_name = std::variant<pid_view, std::string_view>;

/// SEND 2 and 12. The payload is the message, here and in the next three.
struct send {
  pid_view to;
  friend bool operator==(const send&, const send&) = default;
};

/// SEND_SENDER 22 and 23.
struct send_sender {
  pid_view from;
  pid_view to;
  friend bool operator==(const send_sender&, const send_sender&) = default;
};

/// REG_SEND 6 and 16.
struct reg_send {
  pid_view from;
  std::string_view to;
  friend bool operator==(const reg_send&, const reg_send&) = default;
};

/// ALIAS_SEND 33 and 34.
struct alias_send {
  pid_view from;
  reference_view to;
  friend bool operator==(const alias_send&, const alias_send&) = default;
};

/// LINK 1.
struct link {
  pid_view from;
  pid_view to;
  friend bool operator==(const link&, const link&) = default;
};

/// UNLINK 4, obsolete: it is read, and only a peer without DFLAG_UNLINK_ID sends it.
struct unlink {
  pid_view from;
  pid_view to;
  friend bool operator==(const unlink&, const unlink&) = default;
};

/// UNLINK_ID 35. The acknowledgement goes out before anything else to `from`.
struct unlink_id {
  std::uint64_t id = 0; // never 0
  pid_view from;
  pid_view to;
  friend bool operator==(const unlink_id&, const unlink_id&) = default;
};

/// UNLINK_ID_ACK 36. `from` is who was asked to unlink.
struct unlink_id_ack {
  std::uint64_t id = 0;
  pid_view from;
  pid_view to;
  friend bool operator==(const unlink_id_ack&, const unlink_id_ack&) = default;
};

/// PAYLOAD_EXIT 24 and 25, EXIT 3 and 13: a link broke. The payload is the reason, here
/// and in the next two.
struct exit {
  pid_view from;
  pid_view to;
  friend bool operator==(const exit&, const exit&) = default;
};

/// PAYLOAD_EXIT2 26 and 27, EXIT2 8 and 18: a call of exit/2.
struct exit2 {
  pid_view from;
  pid_view to;
  friend bool operator==(const exit2&, const exit2&) = default;
};

/// PAYLOAD_MONITOR_P_EXIT 28, MONITOR_P_EXIT 21. `from` is what was monitored, as the
/// monitor named it.
struct monitor_exit {
  process_or_name from;
  pid_view to;
  reference_view reference;
  friend bool operator==(const monitor_exit&, const monitor_exit&) = default;
};

/// MONITOR_P 19.
struct monitor {
  pid_view from;
  process_or_name to;
  reference_view reference;
  friend bool operator==(const monitor&, const monitor&) = default;
};

/// DEMONITOR_P 20.
struct demonitor {
  pid_view from;
  process_or_name to;
  reference_view reference;
  friend bool operator==(const demonitor&, const demonitor&) = default;
};

/// GROUP_LEADER 7. Nothing here has a group leader.
struct group_leader {
  pid_view leader;
  pid_view member;
  friend bool operator==(const group_leader&, const group_leader&) = default;
};

/// SPAWN_REQUEST 29 and 30, as far as an answer needs it. It is read only; the payload is
/// the argument list.
struct spawn_request {
  reference_view request;
  pid_view from;
  friend bool operator==(const spawn_request&, const spawn_request&) = default;
};

/// SPAWN_REPLY 31 and 32. A result that is a name says why nothing was spawned.
struct spawn_reply {
  reference_view request;
  pid_view to;
  std::uint32_t flags = 0; // 1: linked, 2: monitored
  process_or_name result;
  friend bool operator==(const spawn_reply&, const spawn_reply&) = default;
};

/// An operation that is not known here. It is read only, and the connection goes on; OTP
/// logs "Invalid distribution message" and gives up the connection.
struct unknown {
  std::uint64_t operation = 0;
  friend bool operator==(const unknown&, const unknown&) = default;
};

/// Any of them.
using message =
    std::variant<send_sender, send, reg_send, alias_send, link, unlink, unlink_id,
                 unlink_id_ack, exit, exit2, monitor_exit, monitor, demonitor,
                 group_leader, spawn_request, spawn_reply, unknown>;

} // namespace websock::runtime::distribution::control
