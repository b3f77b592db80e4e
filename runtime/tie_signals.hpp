// The signals of links, monitors and exits: what each does when it arrives, and when it
// comes too late.
#pragma once

#include "runtime/process_block.hpp"
#include "runtime/relations.hpp"
#include "runtime/shard.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace runtime::detail {

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
inline void deliver_behind(process_block& to, signal* entry) {
  if (to.is_alive())
    to.shard().post_signal(to, entry);
  else
    entry->bounce(to);
}

class exited final : public signal {
public:
  exited(pid from, exit_reason why, exit_origin origin)
      : signal(signal_kind::exit), from_(std::move(from)), why_(std::move(why)),
        origin_(origin) {}
  void handle(process_block& target) override {
    const owned<exited> own(this);
    target.handle_message(term(exit_signal{from_, why_}));
  }
  [[nodiscard]] term peek() const override { return term(exit_signal{from_, why_}); }
  void dispose() noexcept override { delete this; }

  const pid from_;
  const exit_reason why_;
  const exit_origin origin_;
  std::uint64_t own_number = 0; // among those that a process has sent itself
};

class went_down final : public signal {
public:
  explicit went_down(down message)
      : signal(signal_kind::down), message_(std::move(message)) {}
  void handle(process_block& target) override {
    const owned<went_down> own(this);
    target.handle_message(term(message_));
  }
  [[nodiscard]] term peek() const override { return term(message_); }
  void dispose() noexcept override { delete this; }

  const down message_;
};

class link_request final : public signal {
public:
  explicit link_request(pid from)
      : signal(signal_kind::control), from_(std::move(from)) {}
  void handle(process_block& target) override {
    const owned<link_request> own(this);
    if (auto& ties = target.ties(); !ties.unlinking.contains(from_))
      ties.links.insert(from_);
  }
  void bounce(process_block& target) override {
    const owned<link_request> own(this);
    if (from_.is_foreign())
      return; // CAF has answered it
    deliver_behind(*find_block(from_),
                   new exited(pid(target), noproc, exit_origin::link));
  }
  void dispose() noexcept override { delete this; }

private:
  const pid from_;
};

class unlink_acknowledged final : public signal {
public:
  explicit unlink_acknowledged(pid from)
      : signal(signal_kind::control), from_(std::move(from)) {}
  void handle(process_block& target) override {
    const owned<unlink_acknowledged> own(this);
    auto& unlinking = target.ties().unlinking;
    if (--*unlinking.find(from_) == 0)
      unlinking.erase(from_);
  }
  void dispose() noexcept override { delete this; }

private:
  const pid from_;
};

class unlink_request final : public signal {
public:
  explicit unlink_request(pid from)
      : signal(signal_kind::control), from_(std::move(from)) {}
  void handle(process_block& target) override {
    target.ties().links.erase(from_);
    bounce(target);
  }
  void bounce(process_block& target) override {
    const owned<unlink_request> own(this);
    if (process_block* asker = find_block(from_); asker != nullptr && asker->is_alive())
      deliver(*asker, new unlink_acknowledged(pid(target)));
  }
  void dispose() noexcept override { delete this; }

private:
  const pid from_;
};

class monitor_request final : public signal {
public:
  monitor_request(reference ref, pid watcher, std::string name)
      : signal(signal_kind::control), ref_(ref), watcher_(std::move(watcher)),
        name_(std::move(name)) {}
  void handle(process_block& target) override {
    const owned<monitor_request> own(this);
    target.ties().watchers.insert(ref_, relations::end(watcher_, name_));
  }
  void bounce(process_block& target) override {
    const owned<monitor_request> own(this);
    deliver_behind(*find_block(watcher_),
                   new went_down({ref_, pid(target), name_, noproc}));
  }
  void dispose() noexcept override { delete this; }

private:
  const reference ref_;
  const pid watcher_;
  const std::string name_;
};

class demonitor_request final : public signal {
public:
  explicit demonitor_request(reference ref) : signal(signal_kind::control), ref_(ref) {}
  void handle(process_block& target) override {
    const owned<demonitor_request> own(this);
    target.ties().watchers.erase(ref_);
  }
  void dispose() noexcept override { delete this; }

private:
  const reference ref_;
};

/// Tells everybody who is tied to `from`, which has exited, and empties `ties`.
/// Throws std::bad_alloc, and leaves `ties`, when there is no memory for it.
void say_farewell(const pid& from, const exit_reason& why,
                  std::unique_ptr<relations>& ties); // farewell.cpp

} // namespace runtime::detail
