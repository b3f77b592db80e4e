// Pids: reference counts and names. The counts are CAF's own, so a pid keeps an actor
// alive exactly as a CAF handle does; a process of another node counts its own.
#include "../address/local_only.hpp"
#include "../address/pid.hpp"
#include "../address/remote_process.hpp"
#include "../process/shard.hpp"
#include "../term/access.hpp"
#include "caf.hpp"
#include "caf_actor.hpp"

#include <caf/actor_control_block.hpp>

namespace websock::runtime {

namespace detail {

// CAF's own functions, compiled here so that a thread sanitizer sees the counts.
void retain(caf::actor_control_block* block) noexcept {
  // relaxed: a new reference comes from one that is held, so nothing has to be published.
  block->strong_refs.fetch_add(1, std::memory_order_relaxed);
}

void release(caf::actor_control_block* block) noexcept {
  // acq_rel: each call releases its owner's accesses to the actor, and the last one
  // acquires them all before it destroys the actor.
  if (block->strong_refs.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    block->data_dtor(block->get());
    intrusive_ptr_release_weak(block);
  }
}

caf::actor_control_block* control_block(process_block& block) noexcept {
  return caf::actor_control_block::from(static_cast<caf_actor*>(&block));
}

void retain(process_block& who) noexcept {
  retain(control_block(who));
}

void release(process_block& who) noexcept {
  release(control_block(who));
}

} // namespace detail

pid::pid(process& local) noexcept : bits_(reinterpret_cast<std::uintptr_t>(&local)) {
  detail::retain(detail::block_of(local));
}

pid::pid(caf::actor_control_block* actor) noexcept {
  if (actor == nullptr)
    return;
  if (process* ours = detail::as_process(*actor))
    bits_ = reinterpret_cast<std::uintptr_t>(ours);
  else
    bits_ = reinterpret_cast<std::uintptr_t>(actor) | 1U;
  retain();
}

pid::pid(detail::remote_process& other) noexcept
    : bits_(reinterpret_cast<std::uintptr_t>(&other) | remote_bit) {
  retain();
}

caf::actor_control_block* pid::control_block() const noexcept {
  if (is_foreign()) [[unlikely]]
    return is_remote() ? nullptr
                       : reinterpret_cast<caf::actor_control_block*>(bits_ & ~actor_bit);
  return bits_ == 0 ? nullptr : detail::control_block(*detail::find_block(*this));
}

bool pid::is_alive() const {
  if (const auto* ours = detail::find_block(*this))
    return ours->is_alive();
  detail::check_local("is_alive", *this);
  return is_foreign()
         && !control_block()->get()->getf(caf::abstract_actor::is_terminated_flag);
}

std::uint64_t pid::number() const noexcept {
  constexpr auto behind_all_local = std::uint64_t{1} << 63U;
  if (auto* ours = detail::find_block(*this)) [[likely]]
    return detail::control_block(*ours)->aid;
  if (is_remote())
    return behind_all_local | remote()->number();
  return bits_ == 0 ? 0 : control_block()->aid;
}

void pid::retain() const noexcept {
  if (bits_ == 0)
    return;
  if (auto* ours = detail::find_block(*this)) [[likely]]
    detail::retain(*ours);
  else if (is_remote())
    remote()->retain();
  else
    detail::retain(control_block());
}

void pid::release() const noexcept {
  if (bits_ == 0)
    return;
  if (auto* ours = detail::find_block(*this)) [[likely]]
    detail::release(*ours);
  else if (is_remote())
    remote()->release();
  else
    detail::release(control_block());
}

caf::actor to_actor(const pid& who) {
  detail::check_local("to_actor", who);
  return caf::actor_cast<caf::actor>(
      caf::strong_actor_ptr(detail::access::control_block(who), /*add_ref=*/true));
}

caf_requester& as_caf_actor(process& self) {
  return static_cast<caf_actor&>(self);
}

std::string to_string(const pid& value) {
  if (const auto* remote = detail::find_remote(value))
    return remote->to_string();
  const auto* block = detail::access::control_block(value);
  if (block == nullptr)
    return "<none>";
  const bool remote =
      block->home_system != nullptr && block->nid != block->home_system->node();
  return "<" + (remote ? caf::to_string(block->nid) : std::string("0")) + "."
         + std::to_string(block->aid) + ">";
}

} // namespace websock::runtime
