// Writing and reading the messages of the handshake.
#include "handshake_messages.hpp"

#include "octets.hpp"

#include <algorithm>

namespace websock::runtime::distribution::detail {

namespace {

void put_name(std::string& octets, std::string_view name) {
  put(octets, static_cast<std::uint16_t>(name.size()));
  octets += name;
}

// What stands behind the name is for later versions: "must be accepted and ignored".
[[nodiscard]] std::string_view name_in(fields& from) {
  return from.text(from.number<std::uint16_t>());
}

void put_digest(std::string& octets, const challenge_digest& digest) {
  octets.append(digest.data(), digest.size());
}

[[nodiscard]] std::optional<challenge_digest> digest_in(std::string_view octets) {
  challenge_digest digest{};
  if (octets.size() != digest.size())
    return std::nullopt;
  std::copy(octets.begin(), octets.end(), digest.begin());
  return digest;
}

template <class Message>
[[nodiscard]] std::optional<Message> if_intact(const fields& from, Message message) {
  return from.is_intact() ? std::optional<Message>(message) : std::nullopt;
}

} // namespace

std::string to_octets(const name_message& message) {
  std::string octets = "N";
  put(octets, message.flags.bits());
  put(octets, message.creation);
  put_name(octets, message.name);
  return octets;
}

std::string to_octets(const challenge_message& message) {
  std::string octets = "N";
  put(octets, message.flags.bits());
  put(octets, message.challenge);
  put(octets, message.creation);
  put_name(octets, message.name);
  return octets;
}

std::string to_octets(const reply_message& message) {
  std::string octets = "r";
  put(octets, message.challenge);
  put_digest(octets, message.digest);
  return octets;
}

std::string status_octets(std::string_view status) {
  return std::string("s").append(status);
}

std::string ack_octets(const challenge_digest& digest) {
  std::string octets = "a";
  put_digest(octets, digest);
  return octets;
}

std::optional<name_message> read_name(std::string_view body) {
  fields from(body);
  name_message message{};
  message.flags = capabilities(from.number<std::uint64_t>());
  message.creation = from.number<std::uint32_t>();
  message.name = name_in(from);
  return if_intact(from, message);
}

std::optional<old_name_message> read_old_name(std::string_view body) {
  fields from(body);
  old_name_message message{};
  message.version = from.number<std::uint16_t>();
  message.flags = from.number<std::uint32_t>();
  message.name = from.rest();
  return if_intact(from, message);
}

std::optional<complement_message> read_complement(std::string_view body) {
  fields from(body);
  complement_message message{};
  message.flags = from.number<std::uint32_t>();
  message.creation = from.number<std::uint32_t>();
  return if_intact(from, message);
}

std::optional<challenge_message> read_challenge(std::string_view body) {
  fields from(body);
  challenge_message message{};
  message.flags = capabilities(from.number<std::uint64_t>());
  message.challenge = from.number<std::uint32_t>();
  message.creation = from.number<std::uint32_t>();
  message.name = name_in(from);
  return if_intact(from, message);
}

std::optional<reply_message> read_reply(std::string_view body) {
  fields from(body);
  const auto challenge = from.number<std::uint32_t>();
  const auto digest = digest_in(from.rest());
  if (!from.is_intact() || !digest)
    return std::nullopt;
  return reply_message{challenge, *digest};
}

std::optional<challenge_digest> read_ack(std::string_view body) {
  return digest_in(body);
}

} // namespace websock::runtime::distribution::detail
