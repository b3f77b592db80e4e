// Payloads, shared.
#include "websock/channels/envelope/payload.hpp"

#include <atomic>
#include <cstdint>
#include <utility>
#include <vector>

namespace websock::channels {

struct payload::content {
  enum class kind : std::uint8_t { text, binary };

  content(kind what, std::string data) : octets(std::move(data)), as(what) {}
  ~content() { delete parsed.load(); }
  content(const content&) = delete;
  content& operator=(const content&) = delete;

  [[nodiscard]] json parse() const {
    if (as == kind::text)
      return json::parse(octets);
    return json::binary(std::vector<std::uint8_t>(octets.begin(), octets.end()));
  }
  [[nodiscard]] const json& value() const;

  const std::string octets;
  const kind as;
  mutable std::atomic<const json*> parsed{nullptr};
};

// If two threads are the first to ask, both parse, and one of them is in time.
const json& payload::content::value() const {
  const json* known = parsed.load();
  if (known != nullptr)
    return *known;
  auto made = std::make_unique<const json>(parse());
  return parsed.compare_exchange_strong(known, made.get()) ? *made.release() : *known;
}

namespace {

[[nodiscard]] std::string octets_of(const json& value) {
  if (!value.is_binary())
    return value.dump();
  const auto& octets = value.get_binary();
  return {octets.begin(), octets.end()};
}

} // namespace

payload::payload(std::shared_ptr<const content> shared) noexcept
    : content_(std::move(shared)) {
}

payload::payload(const json& value)
    : payload(std::make_shared<const content>(value.is_binary() ? content::kind::binary
                                                                : content::kind::text,
                                              octets_of(value))) {
}

payload payload::from_text(std::string text) {
  return payload(std::make_shared<const content>(content::kind::text, std::move(text)));
}

payload payload::binary(std::string octets) {
  return payload(
      std::make_shared<const content>(content::kind::binary, std::move(octets)));
}

bool payload::is_binary() const noexcept {
  return content_ && content_->as == content::kind::binary;
}

bool payload::is_object() const noexcept {
  return !is_binary() && text().front() == '{';
}

const std::string& payload::text() const noexcept {
  static const std::string empty_object = "{}";
  return content_ ? content_->octets : empty_object;
}

const json& payload::value() const {
  static const json empty_object = json::object();
  return content_ ? content_->value() : empty_object;
}

const json& payload::operator[](std::string_view name) const {
  static const json nothing;
  const auto& all = value();
  if (!all.is_object())
    return nothing;
  const auto found = all.find(name);
  return found == all.end() ? nothing : *found;
}

std::size_t heap_size(const payload& value) noexcept {
  return sizeof(payload::content) + value.text().size();
}

} // namespace websock::channels
