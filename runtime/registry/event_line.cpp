// Events that overtake none of their line.
#include "event_line.hpp"

#include "../address/send.hpp"
#include "../process/process_block.hpp"
#include "../process/shard.hpp"

#include <utility>

namespace websock::runtime::process_group {

/// Delivers its event on arrival, unless a later one has taken it along.
class event_line::travelling final : public detail::signal {
public:
  explicit travelling(std::shared_ptr<event_line> line)
      : signal(detail::signal_kind::control), line_(std::move(line)) {}
  void handle(detail::process_block& target) override {
    const detail::owned<travelling> own(this);
    if (auto arrived = line_->take(*this))
      detail::deliver(target, arrived.release());
  }
  void dispose() noexcept override {
    const auto never_arrives = line_->take(*this);
    delete this;
  }

  detail::list_links<travelling> links;
  detail::owned_signal carried; // while it is in the line

private:
  ~travelling() = default;

  const std::shared_ptr<event_line> line_;
};

event_line::event event_line::prepare(const detail::process_block& to,
                                      detail::owned_signal message) {
  event made{std::move(message), nullptr};
  if (!to.shard().is_current())
    made.by_inbox.reset(new travelling(shared_from_this()));
  return made;
}

void event_line::send(detail::process_block& to, event made) noexcept {
  if (!made.by_inbox) {
    hasten(to);
    return detail::deliver(to, made.message.release());
  }
  auto* const sent = static_cast<travelling*>(made.by_inbox.release());
  sent->carried = std::move(made.message);
  {
    const std::lock_guard lock(mutex_);
    in_inbox_.add(*sent);
  }
  to.shard().post_signal(to, sent);
}

void event_line::hasten(detail::process_block& to) noexcept {
  detail::signal* oldest = nullptr;
  {
    const std::lock_guard lock(mutex_);
    while (auto* const newest = in_inbox_.newest()) {
      in_inbox_.remove(*newest);
      auto* const message = newest->carried.release();
      message->next = std::exchange(oldest, message);
    }
  }
  while (oldest != nullptr) {
    auto* const next = oldest->next;
    detail::deliver(to, std::exchange(oldest, next));
  }
}

detail::owned_signal event_line::take(travelling& one) noexcept {
  const std::lock_guard lock(mutex_);
  if (one.carried)
    in_inbox_.remove(one);
  return std::move(one.carried);
}

} // namespace websock::runtime::process_group
