// The signals of links, monitors and exits: what each does when it arrives, and when it
// comes too late.
#pragma once

#include "runtime/access.hpp"
#include "runtime/process.hpp"
#include "runtime/shard.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace runtime {

namespace detail {

enum class exit_origin : std::uint8_t {
  explicit_call,
  link,
  remote // CAF does not tell which: the link ends, if there is one
};

/// Frees a signal at the end of the scope that handles it.
template <class Signal>
using owned = std::unique_ptr<Signal>;

// Behind what waits in the inbox of the process. A dead process answers so, wherever it
// was: whoever links or monitors it hears of that after its turn. And a foreign actor,
// whose last messages may still wait there when its end is known here.
inline void deliver_behind(process& to, signal* entry) {
  if (to.is_alive())
    to.shard().enqueue(to, entry);
  else
    entry->bounce(to);
}

} // namespace detail

// The signal classes see the process's private state through this one friend.
struct process_signals {
  class exited final : public detail::signal {
  public:
    exited(pid from, exit_reason why, detail::exit_origin origin)
        : signal(detail::signal_kind::exit), from_(std::move(from)), why_(std::move(why)),
          origin_(origin) {}
    void handle(process& target) override {
      const detail::owned<exited> own(this);
      target.take_message(term(exit_signal{from_, why_}));
    }
    [[nodiscard]] term peek() const override { return term(exit_signal{from_, why_}); }
    void dispose() noexcept override { delete this; }

    const pid from_;
    const exit_reason why_;
    const detail::exit_origin origin_;
    std::uint64_t own_number = 0; // among those that a process has sent itself
  };

  class went_down final : public detail::signal {
  public:
    explicit went_down(down message)
        : signal(detail::signal_kind::down), message_(std::move(message)) {}
    void handle(process& target) override {
      const detail::owned<went_down> own(this);
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
      const detail::owned<link_request> own(this);
      if (auto& ties = target.ties(); !ties.unlinking.contains(from_))
        ties.links.insert(from_);
    }
    void bounce(process& target) override {
      const detail::owned<link_request> own(this);
      if (from_.is_foreign())
        return; // CAF has answered it
      detail::deliver_behind(*detail::access::local(from_),
                             new exited(pid(target), noproc, detail::exit_origin::link));
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
      const detail::owned<unlink_acknowledged> own(this);
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
      const detail::owned<unlink_request> own(this);
      if (process* asker = detail::access::local(from_);
          asker != nullptr && asker->is_alive())
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
      const detail::owned<monitor_request> own(this);
      target.ties().watchers.insert(ref_, detail::relations::end(watcher_, name_));
    }
    void bounce(process& target) override {
      const detail::owned<monitor_request> own(this);
      detail::deliver_behind(*detail::access::local(watcher_),
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
      const detail::owned<demonitor_request> own(this);
      target.ties().watchers.erase(ref_);
    }
    void dispose() noexcept override { delete this; }

  private:
    const reference ref_;
  };

  /// Tells everybody who is tied to `from`, which has exited, and empties `ties`.
  static void say_farewell(const pid& from, const exit_reason& why,
                           std::unique_ptr<detail::relations>& ties); // farewell.cpp

private:
  class farewell;
};

} // namespace runtime
