// Broadcasts as terms of Erlang, and back. Nodes trust each other, but what one of them
// says must not end the connections of another: text that clients could not get is no
// broadcast.
#include "websock/channels/broadcast/crossing.hpp"

#include "websock/channels/broadcast/broadcast_message.hpp"
#include "websock/channels/envelope/json_text.hpp"
#include "websock/protocol/utf8_validator.hpp"
#include "websock/runtime/distribution/terms/codec_scalar.hpp"
#include "websock/runtime/distribution/terms/message.hpp"
#include "websock/runtime/distribution/terms/message_table.hpp"

#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace websock::channels {

namespace terms = runtime::distribution;

namespace {

constexpr std::size_t field_count = 3;
constexpr std::size_t origin_fields = 2; // of what is kept
constexpr auto octets_follow = "binary"; // Phoenix says {binary, Octets} as well

void write_payload(terms::encoding& to, const payload& body) {
  if (!body.is_binary())
    return to.out.binary(body.text());
  const auto level = to.enter(2);
  to.out.tuple(2);
  to.out.atom(octets_follow);
  to.out.binary(body.text());
}

[[nodiscard]] bool is_object(std::string_view text) {
  json_cursor cursor(text);
  const auto value = cursor.take_value();
  return value && value->starts_with('{') && cursor.is_at_end()
         && protocol::is_valid_utf8(text);
}

[[nodiscard]] std::optional<payload> read_octets(terms::decoding& from) {
  const auto level = from.enter();
  const auto head = level ? terms::read_head(from) : std::nullopt;
  if (!head || head->fields != 1 || head->name != octets_follow)
    return std::nullopt;
  auto octets = terms::codec<std::string>::read(from);
  return octets ? std::optional(payload::binary(*std::move(octets))) : std::nullopt;
}

[[nodiscard]] std::optional<payload> read_payload(terms::decoding& from) {
  if (auto text = terms::read_binary(from))
    return is_object(*text) ? std::optional(payload::from_text(std::string(*text)))
                            : std::nullopt;
  return read_octets(from);
}

/// The source becomes part of what clients get.
[[nodiscard]] std::optional<origin> read_origin(terms::decoding& from) {
  auto source = terms::codec<std::string>::read(from);
  auto number = source ? terms::codec<std::uint64_t>::read(from) : std::nullopt;
  if (!number || *number == 0 || source->empty() || source->size() > most_source_octets
      || !protocol::is_valid_utf8(*source))
    return std::nullopt;
  return origin{*std::move(source), *number};
}

class broadcast_on_the_wire final : public terms::message<broadcast_message> {
public:
  using message::message;

  [[nodiscard]] bool
  has_same_fields(const terms::any_message& other) const noexcept override {
    return dynamic_cast<const broadcast_on_the_wire*>(&other) != nullptr;
  }
  void write(terms::encoding& to, const broadcast_message& value) const override {
    const auto* const from = value.from();
    const auto size = 1 + field_count + (from == nullptr ? 0 : origin_fields);
    const auto level = to.enter(size);
    to.out.tuple(size);
    to.out.atom(name());
    to.out.binary(value.topic());
    to.out.binary(value.event());
    write_payload(to, value.body());
    if (from == nullptr)
      return;
    to.out.binary(from->source);
    terms::codec<std::uint64_t>::write(to, from->number);
  }

private:
  /// What a later version may say beyond the fields is skipped.
  [[nodiscard]] std::optional<broadcast_message>
  read_fields(terms::decoding& from, std::size_t present) const override {
    if (present < field_count)
      return std::nullopt;
    auto topic = terms::codec<std::string>::read(from);
    auto event = topic ? terms::codec<std::string>::read(from) : std::nullopt;
    auto body = event ? read_payload(from) : std::nullopt;
    if (!body || !protocol::is_valid_utf8(*topic) || !protocol::is_valid_utf8(*event))
      return std::nullopt;
    auto more = present - field_count;
    std::optional<origin> source;
    if (more >= origin_fields) {
      source = read_origin(from);
      if (!source)
        return std::nullopt;
      more -= origin_fields;
    }
    for (; more != 0; --more)
      from.in.skip();
    return made(*std::move(topic), *std::move(event), *std::move(body),
                std::move(source));
  }
  [[nodiscard]] static std::optional<broadcast_message>
  made(std::string topic, std::string event, payload body, std::optional<origin> from) {
    try {
      if (from)
        return broadcast_message(std::move(topic), std::move(event), std::move(body),
                                 *std::move(from));
      return broadcast_message(std::move(topic), std::move(event), std::move(body));
    } catch (const std::length_error&) { // binary, and its topic is too long for that
      return std::nullopt;
    }
  }
};

} // namespace

bool let_broadcasts_cross() {
  terms::add_message(std::make_unique<const broadcast_on_the_wire>("websock_broadcast"),
                     terms::known_as<broadcast_message>,
                     [](const terms::any_message& added) noexcept {
                       // release: pairs with the acquire in codec<broadcast_message>
                       terms::registered<broadcast_message>.store(
                           static_cast<const terms::message<broadcast_message>*>(&added),
                           std::memory_order_release);
                     });
  return true;
}

} // namespace websock::channels
