// Links, monitors and exit signals of a process.
#include "../address/exit_signals.hpp"
#include "../process/node.hpp"
#include "../process/process_block.hpp"
#include "../process/shard.hpp"
#include "../table/rollback.hpp"
#include "tie_signals.hpp"

#include <cassert>
#include <memory>
#include <utility>

namespace websock::runtime {

using detail::block_of;

namespace detail {

void send_exit(const pid& to, pid from, exit_reason why) {
  deliver(to, new exited(std::move(from), std::move(why), exit_origin::explicit_call));
}

void send_link(process& to, pid from) {
  deliver(to, new link_request(std::move(from)));
}

void send_unlink(process& to, pid from) {
  deliver(to, new unlink_request(std::move(from)));
}

void send_link_exit(process& to, pid from, exit_reason why) {
  deliver_behind(block_of(to),
                 new exited(std::move(from), std::move(why), exit_origin::link));
}

void send_remote_exit(process& to, pid from, exit_reason why) {
  deliver(to, new exited(std::move(from), std::move(why), exit_origin::remote));
}

void send_down(const pid& to, down message) {
  deliver_behind(*find_block(to), new went_down(std::move(message)));
}

} // namespace detail

void process::link(const runtime::pid& other) {
  auto& self = block_of(*this);
  if (const auto* block = detail::find_block(other);
      block != nullptr && !block->is_alive() && !self.traps_exit())
    throw no_such_process("link: " + to_string(other) + " is dead");
  if (!other || other == pid())
    return;
  if (other.is_foreign())
    return self.link_foreign(other);
  auto request = std::make_unique<detail::link_request>(pid());
  if (self.ties().links.insert(other))
    detail::deliver(other, request.release());
}

void process::unlink(const runtime::pid& other) {
  auto* ties = block_of(*this).existing_ties();
  if (ties == nullptr || !ties->links.contains(other))
    return;
  if (other.is_foreign())
    return block_of(*this).unlink_foreign(other);
  auto request = std::make_unique<detail::unlink_request>(pid());
  ++ties->rarely().unlinking[other];
  ties->links.erase(other);
  detail::deliver(other, request.release());
}

reference process::monitor(const runtime::pid& other) {
  const auto ref = shard_.make_reference();
  block_of(*this).start_monitor(ref, other, {});
  return ref;
}

reference process::monitor(std::string_view name) {
  const auto ref = shard_.make_reference();
  block_of(*this).start_monitor(ref, whereis(name), {std::string(name), {}});
  return ref;
}

reference process::monitor(const name_at& other) {
  const auto ref = shard_.make_reference();
  if (other.node == node().name())
    block_of(*this).start_monitor(ref, whereis(other.name), other);
  else
    block_of(*this).start_monitor_at(ref, other);
  return ref;
}

bool process::demonitor(reference ref) {
  auto* ties = block_of(*this).existing_ties();
  const auto* const found = ties != nullptr ? ties->monitors.find(ref) : nullptr;
  if (found == nullptr)
    return false;
  if (detail::find_block(found->who) == nullptr) {
    block_of(*this).demonitor_foreign(*found, ref);
    return ties->monitors.erase(ref);
  }
  auto request = std::make_unique<detail::demonitor_request>(ref);
  const auto taken = ties->monitors.extract(ref);
  detail::deliver(taken->who, request.release());
  return true;
}

bool process::demonitor_flush(reference ref) {
  const bool was_active = demonitor(ref);
  detail::signal* arrived = block_of(*this).take_out([&](const detail::signal& entry) {
    return entry.kind() == detail::signal_kind::down
           && static_cast<const detail::down_message&>(entry).message_.ref == ref;
  });
  if (arrived != nullptr)
    arrived->dispose();
  return was_active;
}

void process::exit(const runtime::pid& other, exit_reason why) {
  if (other == pid())
    block_of(*this).exit_itself(std::move(why));
  else if (other.is_foreign())
    detail::exit_foreign(other, pid(), why);
  else if (other)
    detail::send_exit(other, pid(), std::move(why));
}

namespace detail {

relations& process_block::ties() {
  assert(is_accessible() && "only its shard touches the ties of a process");
  if (!ties_)
    ties_ = std::make_unique<relations>();
  return *ties_;
}

void process_block::start_monitor(reference ref, const runtime::pid& other,
                                  name_at name) {
  if (other == pid())
    return; // it would never receive the down
  std::unique_ptr<monitor_request> request;
  if (!other.is_foreign())
    request = std::make_unique<monitor_request>(ref, pid(), name);
  // A single call, so that it gets inlined.
  ties().monitors.insert(ref, relations::end(other, std::move(name)));
  if (request == nullptr) {
    rollback unmonitored([&] { ties_->monitors.erase(ref); });
    monitor_foreign(other, ref);
    unmonitored.keep();
  } else if (other) {
    deliver(other, request.release());
  } else {
    request.release()->answer({});
  }
}

bool process_block::trap_exit(bool traps) noexcept {
  assert(is_accessible() && "a process decides for itself what it traps");
  const bool before = std::exchange(traps_exit_, traps);
  const auto* const rare = ties_ ? ties_->rare.get() : nullptr;
  if (before && !traps && rare && rare->own_exits > rare->own_exits_arrived)
    admit_own_exits();
  return before;
}

// A trapped exit to itself is in transit until the callback returns or waits, as in
// Erlang; only then is it certain to be a message.
void process_block::exit_itself(exit_reason why) {
  const bool is_kill = why.what() == exit_reason::kind::kill;
  if (is_kill || !traps_exit_)
    throw signalled_exit{{is_kill ? exit_reason(reason::killed) : std::move(why)}};
  auto entry =
      std::make_unique<exited>(pid(), std::move(why), exit_origin::explicit_call);
  entry->own_number = ++ties().rarely().own_exits;
  shard().post_quiet([self = pid(), number = entry->own_number](runtime::shard&) {
    if (auto* ties = find_block(self)->existing_ties())
      ties->rare->own_exits_arrived = number;
  });
  arrive(entry.release());
}

void process_block::admit_own_exits() noexcept {
  const auto is_on_its_way = [this](const signal& entry) {
    return entry.kind() == signal_kind::exit
           && static_cast<const exit_message&>(entry).own_number
                  > ties_->rare->own_exits_arrived;
  };
  mailbox_.extract_all(is_on_its_way, [this](signal* entry) { admit_exit(entry); });
}

void process_block::admit_exit(signal* entry) {
  auto* exit = static_cast<exit_message*>(entry);
  const bool was_linked = exit->origin_ != exit_origin::explicit_call && ties_
                          && ties_->links.erase(exit->from_);
  const bool by_link = was_linked || exit->origin_ == exit_origin::link;
  const bool is_kill = exit->why_.what() == exit_reason::kind::kill;
  if (by_link && !was_linked) {
    entry->dispose();
  } else if (is_kill && !by_link) {
    end(reason::killed);
    entry->dispose();
  } else if (traps_exit_) {
    give_to_waiter_or_enqueue(entry);
  } else {
    if (!exit->why_.is_normal())
      end(exit->why_);
    entry->dispose();
  }
}

void process_block::admit_down(signal* entry) {
  auto* down = static_cast<down_message*>(entry);
  const auto ref = down->message_.ref;
  if (!ties_ || !ties_->monitors.erase(ref)) {
    entry->dispose();
  } else if (ties_->rare && ties_->rare->requests.contains(ref)) {
    const owned_signal own(down);
    end_request({ref, {}, down->message_.reason});
  } else {
    give_to_waiter_or_enqueue(entry);
  }
}

} // namespace detail
} // namespace websock::runtime
