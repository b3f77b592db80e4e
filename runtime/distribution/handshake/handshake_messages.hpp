// The messages of the handshake (erl_dist_protocol, "The Handshake in Detail"), without
// their lengths. A reader gets what stands behind the tag, and returns none if it is not
// laid out so.
#pragma once

#include "capabilities.hpp"
#include "challenge.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace websock::runtime::distribution::detail {

// Views are of the octets that were read.

/// 'N' of the node that connects.
struct name_message {
  capabilities flags;
  std::uint32_t creation;
  std::string_view name;
};

/// 'n' of a node that does not know yet whether the other one has version 6.
struct old_name_message {
  std::uint16_t version;
  std::uint32_t flags; // the low half
  std::string_view name;
};

/// 'c': what 'n' had no room for.
struct complement_message {
  std::uint32_t flags; // the high half
  std::uint32_t creation;
};

/// 'N' of the node that accepts.
struct challenge_message {
  capabilities flags;
  std::uint32_t challenge;
  std::uint32_t creation;
  std::string_view name;
};

/// 'r'.
struct reply_message {
  std::uint32_t challenge;
  challenge_digest digest;
};

[[nodiscard]] std::string to_octets(const name_message& message);
[[nodiscard]] std::string to_octets(const challenge_message& message);
[[nodiscard]] std::string to_octets(const reply_message& message);
[[nodiscard]] std::string status_octets(std::string_view status);
[[nodiscard]] std::string ack_octets(const challenge_digest& digest);

[[nodiscard]] std::optional<name_message> read_name(std::string_view body);
[[nodiscard]] std::optional<old_name_message> read_old_name(std::string_view body);
[[nodiscard]] std::optional<complement_message> read_complement(std::string_view body);
[[nodiscard]] std::optional<challenge_message> read_challenge(std::string_view body);
[[nodiscard]] std::optional<reply_message> read_reply(std::string_view body);
[[nodiscard]] std::optional<challenge_digest> read_ack(std::string_view body);

} // namespace websock::runtime::distribution::detail
