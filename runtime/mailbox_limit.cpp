// What a full mailbox does.
#include "runtime/mailbox_limit.hpp"

#include "runtime/access.hpp"
#include "runtime/behaviour.hpp"
#include "runtime/mailbox_load.hpp"
#include "runtime/node.hpp"
#include "runtime/process.hpp"
#include "runtime/shard.hpp"

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
  detail::access::end(self(), detail::mailbox_full(self()));
}

void process::limit_mailbox(const mailbox_limit& limit) {
  max_messages_ = limit.max_messages;
  policy_ = limit.policy;
  if (load_ != nullptr || limit.max_bytes != 0 || policy_ == when_full::keep_latest)
    load().set(limit, mailbox_);
}

detail::mailbox_load& process::load() {
  if (load_ == nullptr)
    load_ = std::make_unique<detail::mailbox_load>();
  return *load_;
}

bool process::is_too_heavy(detail::signal& entry) const noexcept {
  return load_->is_over(entry);
}

void process::note_left(const detail::signal& entry) {
  if (load_ != nullptr)
    load_->left(entry);
}

void process::take_out(detail::signal* entry) {
  mailbox_.erase(entry);
  note_left(*entry);
}

// It has waited, or is not going to.
void process::drop(detail::signal* entry) {
  const std::unique_ptr<detail::signal, detail::signal_disposer> own(entry);
  shard_.count_drop();
  ++load().dropped;
}

void process::refuse(detail::signal* entry) {
  ++shard_.refused_;
  drop(entry);
}

void process::accept_beyond_limit(detail::signal* entry) {
  switch (policy_) {
  case when_full::drop_newest:
    refuse(entry);
    return;
  case when_full::keep_latest:
    if (auto* older = load().latest()->waiting_like(*entry)) {
      supersede(older, entry);
      return;
    }
    [[fallthrough]];
  case when_full::drop_oldest:
    if (make_room(*entry))
      put(entry);
    else
      refuse(entry); // too large, or what waits is all of the kind that is never dropped
    return;
  case when_full::exit_killed:
    refuse(entry);
    end(killed);
    node().log(log_level::error, "process " + to_string(pid())
                                     + " is killed: its mailbox is full, with "
                                     + std::to_string(mailbox_.size()) + " messages");
    return;
  case when_full::close:
    refuse(entry);
    mailbox_.extract_all(may_be_dropped, [this](detail::signal* waiting) {
      note_left(*waiting);
      drop(waiting);
    });
    take_in(new detail::overload_signal);
  }
}

// What has been superseded goes first, then what waits longest.
bool process::make_room(detail::signal& entry) {
  auto& of_mailbox = load();
  if (of_mailbox.is_over_alone(entry))
    return false;
  while (is_full_for(entry)) {
    detail::signal* victim =
        of_mailbox.latest() ? of_mailbox.latest()->superseded() : nullptr;
    if (victim == nullptr)
      victim = mailbox_.find(may_be_dropped);
    if (victim == nullptr)
      return false;
    take_out(victim);
    drop(victim);
  }
  return true;
}

// Under keep_latest, for the older one waits with the same key. The newer one has its
// place, so that a value that changes often has its turn too; but it overtakes no message
// without a key.
void process::supersede(detail::signal* older, detail::signal* newer) {
  auto& of_mailbox = load();
  if (of_mailbox.is_over_alone(*newer)) {
    refuse(newer);
    return;
  }
  if (of_mailbox.may_replace(*older, *newer)) {
    mailbox_.replace(older, newer);
    of_mailbox.replaced(*older, *newer);
    drop(older);
    return;
  }
  take_out(older);
  drop(older);
  if (make_room(*newer))
    put(newer);
  else
    refuse(newer);
}

} // namespace runtime
