// Decides whether to compress a message, and with which context.
#include "websock/protocol/message_deflater.hpp"

#include <string>
#include <utility>

namespace websock::protocol {

message_deflater::message_deflater(const deflate_direction& own,
                                   const deflate_options& options,
                                   deflate_pool& pool) noexcept
    : pool_(pool),
      threshold_(options.threshold), settings_{own.window_bits, options.level,
                                               options.memory_level},
      takeover_(own.takeover) {
}

message_deflater::~message_deflater() {
  pool_.put(std::move(context_));
}

// RFC 7692 §6: any message may be sent uncompressed. All of them are when the peer's
// window is smaller than zlib's smallest.
bool message_deflater::is_worth_it(std::size_t size) const noexcept {
  return size >= threshold_ && settings_.window_bits >= smallest_deflate_window;
}

std::optional<std::string_view> message_deflater::deflate(std::string_view message) {
  if (!is_worth_it(message.size()))
    return std::nullopt;
  if (!context_)
    context_ = pool_.take_deflater(settings_);
  std::string& out = pool_.deflated();
  context_->append(out, message);
  if (takeover_ == context_takeover::kept)
    return out; // must be sent: the peer's context has to see what ours has seen
  pool_.put(std::move(context_));
  if (out.size() >= message.size())
    return std::nullopt;
  return out;
}

std::optional<std::string_view> message_deflater::deflate(const shared_frame& message) {
  if (!is_worth_it(message.payload().size()))
    return std::nullopt;
  const auto frame = message.deflated(settings_, pool_);
  if (frame.empty())
    return std::nullopt;
  // The peer's context will include this message, which ours has not seen: from now on we
  // may refer only to what follows it.
  pool_.put(std::move(context_));
  return frame;
}

std::size_t message_deflater::heap_size() const noexcept {
  return context_ ? context_->heap_size() : 0;
}

} // namespace websock::protocol
