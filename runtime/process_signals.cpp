// Links, monitors and exits of a process.
#include "runtime/access.hpp"
#include "runtime/exit_signals.hpp"
#include "runtime/membership.hpp"
#include "runtime/node.hpp"
#include "runtime/process.hpp"
#include "runtime/rollback.hpp"
#include "runtime/shard.hpp"
#include "runtime/tie_signals.hpp"

#include <memory>
#include <mutex>
#include <utility>

namespace runtime {

namespace detail {

void send_exit(const pid& to, pid from, exit_reason why) {
  deliver(*detail::access::local(to),
          new process_signals::exited(std::move(from), std::move(why),
                                      exit_origin::explicit_call));
}

void send_link(process& to, pid from) {
  deliver(to, new process_signals::link_request(std::move(from)));
}

void send_unlink(process& to, pid from) {
  deliver(to, new process_signals::unlink_request(std::move(from)));
}

void send_link_exit(process& to, pid from, exit_reason why) {
  deliver_behind(to, new process_signals::exited(std::move(from), std::move(why),
                                                 exit_origin::link));
}

void send_remote_exit(process& to, pid from, exit_reason why) {
  deliver(to, new process_signals::exited(std::move(from), std::move(why),
                                          exit_origin::remote));
}

void send_down(const pid& to, down message) {
  deliver_behind(*detail::access::local(to),
                 new process_signals::went_down(std::move(message)));
}

} // namespace detail

void process::link(const runtime::pid& other) {
  if (detail::access::local(other) != nullptr && !detail::access::local(other)->is_alive()
      && !traps_exit_)
    throw no_such_process("link: " + to_string(other) + " is dead");
  if (!other || other == pid())
    return;
  if (other.is_foreign()) {
    const bool is_new = ties().links.insert(other);
    detail::rollback unlinked([&] {
      if (is_new)
        ties_->links.erase(other);
    });
    link_foreign(other); // CAF knows best whether the two are linked
    unlinked.keep();
    return;
  }
  auto request = std::make_unique<process_signals::link_request>(pid());
  if (ties().links.insert(other))
    detail::deliver(*detail::access::local(other), request.release());
}

void process::unlink(const runtime::pid& other) {
  if (!ties_ || !ties_->links.contains(other))
    return;
  if (other.is_foreign()) {
    ties_->links.erase(other);
    unlink_foreign(other);
    return;
  }
  auto request = std::make_unique<process_signals::unlink_request>(pid());
  ++ties_->unlinking[other];
  ties_->links.erase(other);
  detail::deliver(*detail::access::local(other), request.release());
}

reference process::monitor(const runtime::pid& other) {
  const auto ref = shard_.make_reference();
  start_monitor(ref, other, {});
  return ref;
}

reference process::monitor(std::string_view name) {
  const auto ref = shard_.make_reference();
  start_monitor(ref, whereis(name), std::string(name));
  return ref;
}

void process::start_monitor(reference ref, const runtime::pid& other, std::string name) {
  if (other == pid())
    return; // it would never hear of it
  std::unique_ptr<process_signals::monitor_request> request;
  if (!other.is_foreign())
    request = std::make_unique<process_signals::monitor_request>(ref, pid(), name);
  ties().monitors.insert(ref, detail::relations::end(other, std::move(name)));
  if (request == nullptr) {
    detail::rollback unmonitored([&] { ties_->monitors.erase(ref); });
    monitor_foreign(other, ref);
    unmonitored.keep();
  } else if (other) {
    detail::deliver(*detail::access::local(other), request.release());
  } else {
    request.release()->answer({});
  }
}

bool process::demonitor(reference ref) {
  const auto* const found = ties_ ? ties_->monitors.find(ref) : nullptr;
  if (found == nullptr)
    return false;
  std::unique_ptr<process_signals::demonitor_request> request;
  if (detail::access::local(found->who) != nullptr)
    request = std::make_unique<process_signals::demonitor_request>(ref);
  const auto taken = ties_->monitors.extract(ref);
  const auto& who = taken->who;
  if (who.is_foreign())
    demonitor_foreign(who, ref);
  else if (who)
    detail::deliver(*detail::access::local(who), request.release());
  return true;
}

bool process::demonitor_flush(reference ref) {
  const bool was_active = demonitor(ref);
  detail::signal* arrived = mailbox_.extract([&](const detail::signal& entry) {
    return entry.kind() == detail::signal_kind::down
           && static_cast<const process_signals::down_message&>(entry).message_.ref
                  == ref;
  });
  if (arrived != nullptr)
    arrived->dispose();
  return was_active;
}

bool process::trap_exit(bool on) noexcept {
  const bool before = std::exchange(traps_exit_, on);
  if (before && !on && ties_ && ties_->own_exits > ties_->own_exits_arrived)
    accept_own_exits();
  return before;
}

// Trapped, it is on its way until the callback returns or waits, as in Erlang: only then
// is it a message for good.
void process::exit_itself(exit_reason why) {
  const bool is_kill = why.what() == exit_reason::kind::kill;
  if (is_kill || !traps_exit_)
    throw signalled_exit{{is_kill ? exit_reason(killed) : std::move(why)}};
  auto entry = std::make_unique<process_signals::exited>(
      pid(), std::move(why), detail::exit_origin::explicit_call);
  entry->own_number = ++ties().own_exits;
  shard_.post_quiet([self = pid(), number = entry->own_number](runtime::shard&) {
    if (const auto& ties = detail::access::local(self)->ties_)
      ties->own_exits_arrived = number;
  });
  accept(entry.release());
}

void process::accept_own_exits() noexcept {
  const auto is_on_its_way = [this](const detail::signal& entry) {
    return entry.kind() == detail::signal_kind::exit
           && static_cast<const process_signals::exit_message&>(entry).own_number
                  > ties_->own_exits_arrived;
  };
  mailbox_.extract_all(is_on_its_way, [this](detail::signal* entry) {
    note_left(*entry);
    accept_exit(entry);
  });
}

void process::exit(const runtime::pid& other, exit_reason why) {
  if (other == pid())
    exit_itself(std::move(why));
  else if (other.is_foreign())
    detail::exit_foreign(other, pid(), why);
  else if (other)
    detail::send_exit(other, pid(), std::move(why));
}

void process::accept_exit(detail::signal* entry) {
  auto* signal = static_cast<process_signals::exit_message*>(entry);
  const bool was_linked = signal->origin_ != detail::exit_origin::explicit_call && ties_
                          && ties_->links.erase(signal->from_);
  const bool by_link = was_linked || signal->origin_ == detail::exit_origin::link;
  const bool is_kill = signal->why_.what() == exit_reason::kind::kill;
  if (by_link && !was_linked) {
    entry->dispose();
  } else if (is_kill && !by_link) {
    end(killed);
    entry->dispose();
  } else if (traps_exit_) {
    put(entry);
  } else {
    if (!signal->why_.is_normal())
      end(signal->why_);
    entry->dispose();
  }
}

void process::accept_down(detail::signal* entry) {
  auto* signal = static_cast<process_signals::down_message*>(entry);
  const auto ref = signal->message_.ref;
  if (!ties_ || !ties_->monitors.erase(ref)) {
    entry->dispose();
  } else if (ties_->requests.contains(ref)) {
    const detail::owned<detail::signal> own(signal);
    end_request({ref, {}, signal->message_.reason});
  } else {
    put(entry);
  }
}

// The first reason counts: a signal may have ended it while a callback ran.
void process::end(exit_reason why) noexcept {
  if (ending_)
    return;
  ending_ = detail::make_ending(std::move(why));
  schedule();
}

void process::finish() noexcept {
  const exit_reason why = *ending_;
  {
    const std::lock_guard lock(shard_.watched_); // nobody looks at the behaviour any more
    alive_ = false;
  }
  shard_.set_running(this);
  if (behaviour_)
    behaviour_->on_exit(why);
  while (detail::signal* left = mailbox_.pop()) // some may be parts of the behaviour
    left->bounce(*this);
  behaviour_.reset();
  phase_ = phase::exited;
  {
    const std::lock_guard lock(shard_.watched_); // nor at the process
    shard_.set_running(nullptr);
  }
  if (!shard_.guarded("a process that exits", [&] { break_ties(why); })) {
    shard_.make_ready(*this); // there may be memory to tell them in another round
    return;
  }
  parent_ = {}; // or each would keep the one before it, in a chain of successors
  shard_.abandon(*this);
}

void process::break_ties(const exit_reason& why) {
  const auto self = pid();
  if (named_.load())
    node().names().forget(self);
  shard_.topics().forget(*this);
  if (ties_) {
    for (const auto& each : ties_->memberships)
      each->forget(self);
    for (const auto& [id, timer] : ties_->requests)
      cancel_timer(timer);
    process_signals::say_farewell(self, why, ties_);
    ties_.reset();
  }
  notify_foreign(why);
}

} // namespace runtime
