// Broadcasts, encoded once for each serializer.
#include "websock/channels/broadcast/broadcast_message.hpp"

#include "websock/channels/broadcast/crossing.hpp"
#include "websock/channels/broadcast/outgoing.hpp"

#include <atomic>
#include <stdexcept>
#include <utility>

namespace websock::channels {

namespace {

// Before main: a node that only listens must know what arrives.
[[maybe_unused]] const bool does_cross = let_broadcasts_cross();

} // namespace

struct broadcast_message::content {
  content(std::string to, std::string what, payload how, std::optional<position> where,
          std::optional<origin> by)
      : topic(std::move(to)), event(std::move(what)), body(std::move(how)),
        place(std::move(where)), source(std::move(by)), v2(make(serializer::v2)) {}
  ~content() { delete v1.load(); }
  content(const content&) = delete;
  content& operator=(const content&) = delete;

  [[nodiscard]] runtime::term make(serializer how) const {
    return runtime::term(outgoing{share(encode(
        how,
        {outbound_message::kind::broadcast, {}, {}, topic, event, body, {}, at()}))});
  }
  [[nodiscard]] const position* at() const noexcept { return place ? &*place : nullptr; }
  [[nodiscard]] const runtime::term* version_1() const;

  const std::string topic;
  const std::string event;
  const payload body;
  const std::optional<position> place;
  const std::optional<origin> source;
  const runtime::term v2; // what most clients speak
  mutable std::atomic<const runtime::term*> v1{nullptr};
};

// If two shards are the first to ask, both encode, and one of them is in time.
const runtime::term* broadcast_message::content::version_1() const {
  const runtime::term* known = v1.load();
  if (known != nullptr)
    return known;
  auto made = std::make_unique<const runtime::term>(make(serializer::v1));
  return v1.compare_exchange_strong(known, made.get()) ? made.release() : known;
}

broadcast_message::broadcast_message() : broadcast_message({}, {}, {}) {
}

broadcast_message::broadcast_message(std::string topic, std::string event, payload body,
                                     std::optional<position> at) {
  if (!body.is_object() && !body.is_binary())
    throw std::invalid_argument("what is broadcast is a JSON object or binary: "
                                + body.text());
  content_ = std::make_shared<const content>(
      std::move(topic), std::move(event), std::move(body), std::move(at), std::nullopt);
}

broadcast_message::broadcast_message(std::string topic, std::string event, payload body,
                                     origin from)
    : content_(std::make_shared<const content>(std::move(topic), std::move(event),
                                               std::move(body), std::nullopt,
                                               std::move(from))) {
}

const std::string& broadcast_message::topic() const noexcept {
  return content_->topic;
}

const std::string& broadcast_message::event() const noexcept {
  return content_->event;
}

const payload& broadcast_message::body() const noexcept {
  return content_->body;
}

const position* broadcast_message::at() const noexcept {
  return content_->at();
}

const origin* broadcast_message::from() const noexcept {
  return content_->source ? &*content_->source : nullptr;
}

const runtime::term* broadcast_message::encoded(serializer how) const noexcept {
  if (how == serializer::v2)
    return &content_->v2;
  try {
    return content_->body.is_binary() ? nullptr : content_->version_1();
  } catch (...) {
    return nullptr; // no memory
  }
}

std::size_t heap_size(const broadcast_message& value) noexcept {
  const auto* const at = value.at();
  const auto* const from = value.from();
  return sizeof(broadcast_message::content) + value.topic().size() + value.event().size()
         + heap_size(value.body()) + (at == nullptr ? 0 : at->seen.size())
         + (from == nullptr ? 0 : from->source.size());
}

} // namespace websock::channels
