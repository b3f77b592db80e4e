// The handle's functions, which forward to the process block.
#include "process.hpp"

#include "../address/name_table.hpp"
#include "node.hpp"
#include "process_block.hpp"
#include "send_timers.hpp"
#include "shard.hpp"

namespace websock::runtime {

using detail::block_of;

runtime::node& process::node() const noexcept {
  return shard_.owner();
}

time_point process::now() const noexcept {
  return shard_.now();
}

const runtime::pid& process::parent() const noexcept {
  return block_of(*this).parent();
}

bool process::is_parent(const runtime::pid& other) const noexcept {
  const auto& block = block_of(*this);
  return !other || (block.is_linked_child() && other == block.parent());
}

bool process::trap_exit(bool traps) noexcept {
  return block_of(*this).trap_exit(traps);
}

bool process::traps_exit() const noexcept {
  return block_of(*this).traps_exit();
}

void process::limit_mailbox(const mailbox_limit& limit) {
  block_of(*this).limit_mailbox(limit);
}

bool process::is_waiting() const noexcept {
  return block_of(*this).is_waiting();
}

std::size_t process::message_queue_len() const noexcept {
  return block_of(*this).messages().size();
}

bool process::is_alive() const noexcept {
  return block_of(*this).is_alive();
}

runtime::pid process::whereis(std::string_view name) const {
  return node().whereis(name);
}

runtime::pid process::registered(std::string_view name) const {
  return node().names().registered_as(name);
}

void process::send_at(const name_at& target, term message) {
  node().send_at(target, pid(), std::move(message));
}

void process::register_name(std::string name) {
  node().register_name(std::move(name), pid());
}

void process::unregister_name(std::string_view name) {
  node().names().remove(name);
}

reference process::send_message_after(duration delay, timer_target target, term message) {
  return shard_.message_timers().send_after(delay, std::move(target), std::move(message));
}

reference process::start_message_timer(duration delay, timer_target target,
                                       term message) {
  return shard_.message_timers().start(delay, std::move(target), std::move(message));
}

reference process::send_message_interval(duration interval, timer_target target,
                                         term message) {
  return shard_.message_timers().send_interval(interval, std::move(target),
                                               std::move(message));
}

std::optional<duration> process::cancel_timer(reference ref) {
  auto* timers = node().find_timers(ref);
  return timers != nullptr ? timers->cancel(ref) : std::nullopt;
}

void process::cancel_timer_async(reference ref) {
  detail::send_kept(pid(), timer_cancelled{ref, cancel_timer(ref)});
}

std::optional<duration> process::read_timer(reference ref) const {
  const auto* timers = node().find_timers(ref);
  return timers != nullptr ? timers->read(ref) : std::nullopt;
}

} // namespace websock::runtime
