// The signals of links, monitors and exits: what each does on arrival, and when it
// arrives too late.
#pragma once

#include "../process/process_block.hpp"
#include "../process/relations.hpp"
#include "../process/shard.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace websock::runtime::detail {

enum class exit_origin : std::uint8_t {
  explicit_call,
  link,
  remote // CAF does not say which: ends the link, if there is one
};

// Delivers `entry` behind everything in the process's inbox. A dead process answers this
// way wherever it was, so that processes linking or monitoring it hear of that after
// their turn. So does a foreign actor, whose last messages may still be in the inbox.
inline void deliver_behind(process_block& to, signal* entry) {
  if (to.is_alive())
    to.shard().post_signal(to, entry);
  else
    entry->bounce(to);
}

/// An exit signal, possibly one that began as a link request.
class exit_message : public signal {
public:
  void handle(process_block& target) override {
    const owned<signal> own(this);
    target.handle_message(term(exit_signal{from_, why_}));
  }
  [[nodiscard]] term peek() const override { return term(exit_signal{from_, why_}); }

  pid from_;
  const exit_reason why_;
  const exit_origin origin_;
  std::uint64_t own_number = 0; // its number among the exits a process has sent itself

protected:
  exit_message(signal_kind kind, pid&& from, exit_reason&& why, exit_origin origin)
      : signal(kind), from_(std::move(from)), why_(std::move(why)), origin_(origin) {}
  ~exit_message() = default;
};

class exited final : public exit_message {
public:
  exited(pid from, exit_reason why, exit_origin origin)
      : exit_message(signal_kind::exit, std::move(from), std::move(why), origin) {}
  void dispose() noexcept override { delete this; }
};

/// A down signal, possibly one that began as a monitor request.
class down_message : public signal {
public:
  void handle(process_block& target) override {
    const owned<signal> own(this);
    target.handle_message(term(message_));
  }
  [[nodiscard]] term peek() const override { return term(message_); }

  down message_;

protected:
  down_message(signal_kind kind, down&& message)
      : signal(kind), message_(std::move(message)) {}
  ~down_message() = default;
};

class went_down final : public down_message {
public:
  explicit went_down(down message)
      : down_message(signal_kind::down, std::move(message)) {}
  void dispose() noexcept override { delete this; }
};

/// Comes back as the exit signal of a target that is dead.
class link_request final : public exit_message {
public:
  explicit link_request(pid from)
      : exit_message(signal_kind::control, std::move(from), reason::noproc,
                     exit_origin::link) {}
  void handle(process_block& target) override {
    if (is_back())
      return exit_message::handle(target);
    if (!target.has_room([](auto& ties) { ties.links.make_room(); }))
      return bounce(target);
    const owned<signal> own(this);
    if (auto& ties = *target.existing_ties(); !ties.is_unlinking(from_))
      ties.links.insert(from_);
  }
  void bounce(process_block& target) noexcept override {
    if (is_back() || from_.is_foreign()) // CAF has already answered
      return dispose();
    const pid asker = std::exchange(from_, pid(target));
    turn_into(signal_kind::exit);
    deliver_behind(*find_block(asker), this);
  }
  void dispose() noexcept override { delete this; }

private:
  [[nodiscard]] bool is_back() const noexcept { return kind() == signal_kind::exit; }
};

/// Comes back as its own acknowledgement.
class unlink_request final : public signal {
public:
  explicit unlink_request(pid from)
      : signal(signal_kind::control), other_(std::move(from)) {}
  void handle(process_block& target) override {
    if (is_back_)
      return acknowledge(target);
    if (auto* ties = target.existing_ties())
      ties->links.erase(other_);
    bounce(target);
  }
  void bounce(process_block& target) noexcept override {
    process_block* const asker = find_block(other_);
    if (is_back_ || asker == nullptr || !asker->is_alive())
      return dispose();
    const pid holds_asker = std::exchange(other_, pid(target));
    is_back_ = true;
    deliver(*asker, this);
  }
  void dispose() noexcept override { delete this; }

private:
  void acknowledge(process_block& asker) noexcept {
    const owned<signal> own(this);
    auto& unlinking = asker.existing_ties()->rare->unlinking;
    if (--*unlinking.find(other_) == 0)
      unlinking.erase(other_);
  }

  pid other_;
  bool is_back_ = false;
};

/// Comes back as the down signal of a target that is dead.
class monitor_request final : public down_message {
public:
  monitor_request(reference ref, pid watcher, name_at name)
      : down_message(signal_kind::control, {ref, std::move(watcher), std::move(name.name),
                                            reason::noproc, std::move(name.node)}) {}
  void handle(process_block& target) override {
    if (is_back())
      return down_message::handle(target);
    if (!target.has_room([this](auto& ties) { set_up(ties); }))
      return bounce(target);
    dispose();
  }
  void bounce(process_block& target) noexcept override {
    if (is_back())
      return dispose();
    answer(pid(target));
  }
  void dispose() noexcept override { delete this; }
  /// Answers with the `down` of `watched`, which may be empty.
  void answer(pid watched) noexcept {
    const pid watcher = std::exchange(message_.who, std::move(watched));
    turn_into(signal_kind::down);
    deliver_behind(*find_block(watcher), this);
  }

private:
  [[nodiscard]] bool is_back() const noexcept { return kind() == signal_kind::down; }
  void set_up(relations& ties) const {
    ties.watchers.insert(message_.ref,
                         relations::end(message_.who, {message_.name, message_.node}));
  }
};

class demonitor_request final : public signal {
public:
  explicit demonitor_request(reference ref) : signal(signal_kind::control), ref_(ref) {}
  void handle(process_block& target) override {
    const owned<demonitor_request> own(this);
    if (auto* ties = target.existing_ties())
      ties->watchers.erase(ref_);
  }
  void dispose() noexcept override { delete this; }

private:
  const reference ref_;
};

} // namespace websock::runtime::detail
