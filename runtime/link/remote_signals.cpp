// The signals of processes of other nodes: what each does on arrival, and what a dead
// process answers.
#include "../address/remote_signals.hpp"

#include "../address/remote_process.hpp"
#include "tie_signals.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace websock::runtime::detail {

namespace {

class link_arrival final : public signal {
public:
  explicit link_arrival(pid from)
      : signal(signal_kind::control), from_(std::move(from)) {}
  void handle(process_block& target) override {
    if (!target.has_room([](auto& ties) { ties.links.make_room(); }))
      return bounce(target);
    const owned<signal> own(this);
    if (auto& ties = *target.existing_ties(); !ties.is_unlinking(from_))
      ties.links.insert(from_);
  }
  void bounce(process_block& target) noexcept override {
    const owned<signal> own(this);
    auto& remote = *find_remote(from_);
    tell_or_lose(remote, [&] { remote.link_refused(pid(target)); });
  }
  void dispose() noexcept override { delete this; }

private:
  const pid from_;
};

class unlink_arrival final : public signal {
public:
  unlink_arrival(pid from, std::uint64_t id)
      : signal(signal_kind::control), from_(std::move(from)), id_(id) {}
  void handle(process_block& target) override {
    if (auto* ties = target.existing_ties())
      ties->links.erase(from_);
    bounce(target);
  }
  void bounce(process_block& target) noexcept override {
    const owned<signal> own(this);
    auto& remote = *find_remote(from_);
    tell_or_lose(remote, [&] { remote.unlink_acknowledged(pid(target), id_); });
  }
  void dispose() noexcept override { delete this; }

private:
  const pid from_;
  const std::uint64_t id_;
};

class acknowledgement final : public signal {
public:
  explicit acknowledgement(pid from)
      : signal(signal_kind::control), from_(std::move(from)) {}
  void handle(process_block& target) override {
    const owned<signal> own(this);
    target.unlink_acknowledged(from_);
  }
  void dispose() noexcept override { delete this; }

private:
  const pid from_;
};

class monitor_arrival final : public signal {
public:
  monitor_arrival(pid watcher, reference ref, std::string name)
      : signal(signal_kind::control),
        watcher_(std::move(watcher)), answer_{ref, {}, std::move(name), reason::noproc} {}
  void handle(process_block& target) override {
    if (!target.has_room([this](auto& ties) { set_up(ties); }))
      return bounce(target);
    dispose();
  }
  void bounce(process_block& target) noexcept override { answer(pid(target)); }
  void dispose() noexcept override { delete this; }
  /// Answers that `watched`, which may be empty, is dead.
  void answer(pid watched) noexcept {
    const owned<signal> own(this);
    answer_.who = std::move(watched);
    auto& remote = *find_remote(watcher_);
    tell_or_lose(remote, [&] { remote.monitor_ended(answer_); });
  }

private:
  void set_up(relations& ties) const {
    ties.watchers.insert(answer_.ref, relations::end(watcher_, {answer_.name, {}}));
  }

  const pid watcher_;
  down answer_;
};

} // namespace

void link_from(const pid& to, pid from) {
  deliver(to, new link_arrival(std::move(from)));
}

void unlink_from(const pid& to, pid from, std::uint64_t id) {
  deliver(to, new unlink_arrival(std::move(from), id));
}

void acknowledge_unlink(const pid& to, pid from) {
  deliver(to, new acknowledgement(std::move(from)));
}

void linked_exit(const pid& to, pid from, exit_reason why) {
  deliver(to, new exited(std::move(from), std::move(why), exit_origin::link));
}

void monitor_from(const pid& to, pid watcher, reference ref, std::string name) {
  auto made = std::make_unique<monitor_arrival>(std::move(watcher), ref, std::move(name));
  if (to)
    deliver(to, made.release());
  else
    made.release()->answer({});
}

void demonitor_from(const pid& to, reference ref) {
  deliver(to, new demonitor_request(ref));
}

void monitored_exit(const pid& watcher, down message) {
  deliver(watcher, new went_down(std::move(message)));
}

} // namespace websock::runtime::detail
