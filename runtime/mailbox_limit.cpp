// What a full mailbox does.
#include "runtime/mailbox_limit.hpp"

#include "runtime/behaviour.hpp"
#include "runtime/node.hpp"
#include "runtime/process.hpp"

namespace runtime {

namespace {

[[nodiscard]] bool may_be_dropped(const detail::signal& entry) noexcept {
  return entry.kind() == detail::signal_kind::message;
}

} // namespace

namespace detail {

/// Tells the behaviour, in a turn of its own process.
class overload_signal final : public signal {
public:
  overload_signal() noexcept : signal(signal_kind::event) {}
  void handle(process& target) override {
    dispose();
    target.behaviour_->on_overload();
  }
  void dispose() noexcept override { delete this; }
};

exit_reason mailbox_full(process& who) {
  who.node().log(log_level::error,
                 "process " + to_string(who.pid()) + " exits: its mailbox is full");
  return reason(std::string("mailbox_full"));
}

} // namespace detail

void behaviour::on_overload() {
  self().end(detail::mailbox_full(self()));
}

void process::accept_beyond_limit(detail::signal* entry) {
  ++messages_dropped_;
  switch (limit_.policy) {
  case when_full::drop_newest:
    entry->dispose();
    return;
  case when_full::drop_oldest:
    if (detail::signal* oldest = mailbox_.extract(may_be_dropped)) {
      oldest->dispose();
      mailbox_.push(entry);
    } else {
      entry->dispose(); // what waits is all of the kind that is never dropped
    }
    return;
  case when_full::exit_killed:
    node().log(log_level::error, "process " + to_string(pid())
                                     + " is killed: its mailbox is full, with "
                                     + std::to_string(mailbox_.size()) + " messages");
    entry->dispose();
    end(killed);
    return;
  case when_full::close:
    entry->dispose();
    messages_dropped_ += mailbox_.extract_all(
        may_be_dropped, [](detail::signal* waiting) { waiting->dispose(); });
    accept(new detail::overload_signal);
  }
}

} // namespace runtime
