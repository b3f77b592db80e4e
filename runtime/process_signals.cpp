// Signals between processes: links, monitors and exits, and what each does when it
// arrives.
#include "runtime/exit_signals.hpp"
#include "runtime/membership.hpp"
#include "runtime/node.hpp"
#include "runtime/process.hpp"
#include "runtime/shard.hpp"

#include <algorithm>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace runtime {

namespace {

enum class exit_origin : std::uint8_t { explicit_call, link };

/// Frees a signal at the end of the scope that handles it.
template <class Signal>
using owned = std::unique_ptr<Signal>;

} // namespace

// The signal classes see the process's private state through this one friend.
struct process_signals {
  class exited final : public detail::signal {
  public:
    exited(pid from, exit_reason why, exit_origin origin)
        : signal(detail::signal_kind::exit), from_(std::move(from)), why_(std::move(why)),
          origin_(origin) {}
    void handle(process& target) override {
      const owned<exited> own(this);
      target.take_message(term(exit_signal{from_, why_}));
    }
    [[nodiscard]] term peek() const override { return term(exit_signal{from_, why_}); }
    void dispose() noexcept override { delete this; }

    const pid from_;
    const exit_reason why_;
    const exit_origin origin_;
  };

  class went_down final : public detail::signal {
  public:
    explicit went_down(down message)
        : signal(detail::signal_kind::down), message_(std::move(message)) {}
    void handle(process& target) override {
      const owned<went_down> own(this);
      target.take_message(term(message_));
    }
    [[nodiscard]] term peek() const override { return term(message_); }
    void dispose() noexcept override { delete this; }

    const down message_;
  };

  class link_request final : public detail::signal {
  public:
    explicit link_request(pid from)
        : signal(detail::signal_kind::control), from_(std::move(from)) {}
    void handle(process& target) override {
      const owned<link_request> own(this);
      if (auto& ties = target.ties(); !ties.unlinking.contains(from_))
        ties.links.insert(from_);
    }
    void bounce(process& target) override {
      const owned<link_request> own(this);
      if (from_.is_foreign())
        return; // CAF has answered it
      detail::deliver(*from_.local(), new exited(pid(target), noproc, exit_origin::link));
    }
    void dispose() noexcept override { delete this; }

  private:
    const pid from_;
  };

  class unlink_acknowledged final : public detail::signal {
  public:
    explicit unlink_acknowledged(pid from)
        : signal(detail::signal_kind::control), from_(std::move(from)) {}
    void handle(process& target) override {
      const owned<unlink_acknowledged> own(this);
      auto& unlinking = target.ties().unlinking;
      if (--*unlinking.find(from_) == 0)
        unlinking.erase(from_);
    }
    void dispose() noexcept override { delete this; }

  private:
    const pid from_;
  };

  class unlink_request final : public detail::signal {
  public:
    explicit unlink_request(pid from)
        : signal(detail::signal_kind::control), from_(std::move(from)) {}
    void handle(process& target) override {
      target.ties().links.erase(from_);
      bounce(target);
    }
    void bounce(process& target) override {
      const owned<unlink_request> own(this);
      if (process* asker = from_.local(); asker != nullptr && asker->is_alive())
        detail::deliver(*asker, new unlink_acknowledged(pid(target)));
    }
    void dispose() noexcept override { delete this; }

  private:
    const pid from_;
  };

  class monitor_request final : public detail::signal {
  public:
    monitor_request(reference ref, pid watcher, std::string name)
        : signal(detail::signal_kind::control), ref_(ref), watcher_(std::move(watcher)),
          name_(std::move(name)) {}
    void handle(process& target) override {
      const owned<monitor_request> own(this);
      target.ties().watchers.insert(ref_, detail::relations::end(watcher_, name_));
    }
    void bounce(process& target) override {
      const owned<monitor_request> own(this);
      detail::deliver(*watcher_.local(),
                      new went_down({ref_, pid(target), name_, noproc}));
    }
    void dispose() noexcept override { delete this; }

  private:
    const reference ref_;
    const pid watcher_;
    const std::string name_;
  };

  class demonitor_request final : public detail::signal {
  public:
    explicit demonitor_request(reference ref)
        : signal(detail::signal_kind::control), ref_(ref) {}
    void handle(process& target) override {
      const owned<demonitor_request> own(this);
      target.ties().watchers.erase(ref_);
    }
    void dispose() noexcept override { delete this; }

  private:
    const reference ref_;
  };

  /// What a process that has exited still has to tell: exits to its links, then downs to
  /// its watchers. Many of them go out in parts, so that the others of its shard have
  /// their turns meanwhile.
  class farewell final : public detail::shard_task {
  public:
    static void send(const pid& from, const exit_reason& why, detail::relations& ties) {
      std::unique_ptr<farewell> all(new farewell(from, why, ties));
      if (!all->send_part())
        continue_later(std::move(all));
    }
    void run(shard&) override {
      std::unique_ptr<farewell> own(this);
      if (!send_part())
        continue_later(std::move(own));
    }
    void dispose() noexcept override { delete this; }

  private:
    static constexpr std::size_t part = 1'000;

    struct link {
      std::uint64_t number;
      pid who;
    };
    using watcher = decltype(detail::relations::watchers)::slot;

    // Links by number, not by address: a stepped node promises the same schedule every
    // time. Watchers in the order in which they were set up, as far as one can tell.
    farewell(pid from, exit_reason why, detail::relations& ties)
        : from_(std::move(from)), why_(std::move(why)),
          watchers_(ties.watchers.take_all()) {
      links_.reserve(ties.links.size());
      for (auto& [who, nothing] : ties.links.take_all())
        if (!who.is_foreign())
          links_.push_back({who.number(), std::move(who)});
      std::sort(links_.begin(), links_.end(),
                [](const link& a, const link& b) { return a.number < b.number; });
      std::sort(watchers_.begin(), watchers_.end(),
                [](const watcher& a, const watcher& b) { return a.first < b.first; });
    }

    /// Whether that was all.
    bool send_part() {
      const auto all = links_.size() + watchers_.size();
      const auto until = std::min(all, sent_ + part);
      for (; sent_ < until; ++sent_) {
        if (sent_ < links_.size()) {
          const pid to = std::move(links_[sent_].who);
          detail::deliver(*to.local(), new exited(from_, why_, exit_origin::link));
        } else {
          auto& [ref, watching] = watchers_[sent_ - links_.size()];
          const auto to = std::move(watching);
          detail::deliver(*to.who.local(),
                          new went_down({ref, from_, to.name_or_empty(), why_}));
        }
      }
      return sent_ == all;
    }
    static void continue_later(std::unique_ptr<farewell> own) {
      auto& on = own->from_.local()->shard();
      on.push(own.release());
    }

    const pid from_;
    const exit_reason why_;
    std::vector<link> links_;
    std::vector<watcher> watchers_;
    std::size_t sent_ = 0;
  };
};

namespace detail {

void send_exit(const pid& to, pid from, exit_reason why) {
  deliver(*to.local(), new process_signals::exited(std::move(from), std::move(why),
                                                   exit_origin::explicit_call));
}

void send_link(process& to, pid from) {
  deliver(to, new process_signals::link_request(std::move(from)));
}

void send_unlink(process& to, pid from) {
  deliver(to, new process_signals::unlink_request(std::move(from)));
}

namespace {

// The process may learn on its own shard that a foreign actor is gone, while the last
// messages of that actor still wait in the inbox: the end goes behind them.
void deliver_behind(process& to, signal* entry) {
  if (to.is_alive())
    to.shard().enqueue(to, entry);
  else
    entry->bounce(to);
}

} // namespace

void send_link_exit(process& to, pid from, exit_reason why) {
  deliver_behind(to, new process_signals::exited(std::move(from), std::move(why),
                                                 exit_origin::link));
}

void send_down(const pid& to, down message) {
  deliver_behind(*to.local(), new process_signals::went_down(std::move(message)));
}

} // namespace detail

void process::link(const runtime::pid& other) {
  if (other.local() != nullptr && !other.local()->is_alive() && !traps_exit_)
    throw no_such_process("link: " + to_string(other) + " is dead");
  if (!other || other == pid())
    return;
  const bool is_new = ties().links.insert(other);
  if (other.is_foreign())
    link_foreign(other); // CAF knows best whether the two are linked
  else if (is_new)
    detail::deliver(*other.local(), new process_signals::link_request(pid()));
}

void process::unlink(const runtime::pid& other) {
  if (!ties_ || !ties_->links.erase(other))
    return;
  if (other.is_foreign()) {
    unlink_foreign(other);
    return;
  }
  ++ties_->unlinking[other];
  detail::deliver(*other.local(), new process_signals::unlink_request(pid()));
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
  ties().monitors.insert(ref, detail::relations::end(other, name));
  if (!other)
    accept(new process_signals::went_down({ref, {}, std::move(name), noproc}));
  else if (other.is_foreign())
    monitor_foreign(other, ref);
  else
    detail::deliver(*other.local(),
                    new process_signals::monitor_request(ref, pid(), std::move(name)));
}

bool process::demonitor(reference ref) {
  if (!ties_)
    return false;
  const auto found = ties_->monitors.extract(ref);
  if (!found)
    return false;
  const auto& who = found->who;
  if (who.is_foreign())
    demonitor_foreign(who, ref);
  else if (who)
    detail::deliver(*who.local(), new process_signals::demonitor_request(ref));
  return true;
}

bool process::demonitor_flush(reference ref) {
  const bool was_active = demonitor(ref);
  detail::signal* arrived = mailbox_.extract([&](const detail::signal& entry) {
    return entry.kind() == detail::signal_kind::down
           && static_cast<const process_signals::went_down&>(entry).message_.ref == ref;
  });
  if (arrived != nullptr)
    arrived->dispose();
  return was_active;
}

bool process::trap_exit(bool on) noexcept {
  return std::exchange(traps_exit_, on);
}

void process::exit(const runtime::pid& other, exit_reason why) {
  const bool is_kill = why.what() == exit_reason::kind::kill;
  if (other == pid() && (is_kill || !traps_exit_))
    throw signalled_exit{{is_kill ? exit_reason(killed) : std::move(why)}};
  if (other.is_foreign())
    detail::exit_foreign(other, pid(), why);
  else if (other)
    detail::send_exit(other, pid(), std::move(why));
}

void process::accept_exit(detail::signal* entry) {
  auto* signal = static_cast<process_signals::exited*>(entry);
  const bool by_link = signal->origin_ == exit_origin::link;
  const bool is_kill = signal->why_.what() == exit_reason::kind::kill;
  if (by_link && (!ties_ || !ties_->links.erase(signal->from_))) {
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
  auto* signal = static_cast<process_signals::went_down*>(entry);
  const auto ref = signal->message_.ref;
  if (!ties_ || !ties_->monitors.erase(ref)) {
    entry->dispose();
  } else if (ties_->requests.contains(ref)) {
    end_request({ref, {}, signal->message_.reason});
    entry->dispose();
  } else {
    put(entry);
  }
}

// The first reason counts: a signal may have ended it while a callback ran.
void process::end(exit_reason why) {
  if (ending_)
    return;
  ending_ = std::make_unique<exit_reason>(std::move(why));
  schedule();
}

void process::finish() {
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
  break_ties(why);
  shard_.abandon(*this);
}

void process::break_ties(const exit_reason& why) {
  const auto self = pid();
  if (named_.load())
    node().names().forget(self);
  shard_.topics().forget(*this);
  if (const auto ties = std::exchange(ties_, nullptr)) {
    for (const auto& each : ties->memberships)
      each->forget(self);
    for (const auto& [id, timer] : ties->requests)
      cancel_timer(timer);
    for (const auto& [ref, watched] : ties->monitors) {
      if (watched.who.is_foreign())
        demonitor_foreign(watched.who, ref);
      else if (watched.who)
        detail::deliver(*watched.who.local(),
                        new process_signals::demonitor_request(ref));
    }
    process_signals::farewell::send(self, why, *ties);
  }
  notify_foreign(why);
}

} // namespace runtime
