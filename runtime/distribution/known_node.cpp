// The table of a node's processes that pids name.
#include "known_node.hpp"

#include "../process/process_block.hpp"
#include "hub.hpp"
#include "peer.hpp"

#include <utility>

namespace websock::runtime::distribution {

namespace {

// Of all nodes, so that pids have one order. Below 2^63, as they promise.
[[nodiscard]] std::uint64_t next_number() noexcept {
  static std::atomic<std::uint64_t> last{0};
  return last.fetch_add(1, std::memory_order_relaxed)
         + 1; // a number, which orders nothing
}

} // namespace

known_node::known_node(hub& owner, std::string name)
    : owner_(owner), name_(std::move(name)) {
}

known_node::~known_node() = default;

void known_node::set_peer(std::unique_ptr<peer> made) noexcept {
  peer_ = std::move(made);
}

pid known_node::intern(const known_process::key& which) {
  const std::lock_guard lock(mutex_);
  auto& place = processes_[which];
  if (place != nullptr && place->try_retain())
    return runtime::detail::adopt(*place);
  try { // the one before is being forgotten, if there was one
    place = new known_process(owner_.shared(), *this, which, next_number());
  } catch (...) {
    if (place == nullptr)
      processes_.erase(which);
    throw;
  }
  return runtime::detail::adopt(*place);
}

void known_node::forget(const known_process& unnamed) noexcept {
  const std::lock_guard lock(mutex_);
  const auto found = processes_.find(unnamed.which());
  if (found != processes_.end() && found->second == &unnamed)
    processes_.erase(found);
}

void known_node::suspend_until_room(runtime::detail::process_block& writer,
                                    std::size_t octets) {
  using runtime::detail::process_block;
  auto& whom = &figures_.of_size(octets) == &figures_.large ? by_large_ : by_small_;
  {
    const std::lock_guard lock(mutex_);
    if (whom.processes.empty() || whom.processes.back() != writer.pid())
      whom.processes.push_back(writer.pid());
    whom.is_any = true;
  }
  writer.suspend(process_block::suspended_by::node);
  resume_if_room(whom); // it may have been made meanwhile, before anybody could know
}

void known_node::resume_if_room() noexcept {
  resume_if_room(by_small_);
  resume_if_room(by_large_);
}

void known_node::resume_if_room(suspended& whom) noexcept {
  using runtime::detail::process_block;
  if (!whom.is_any || whom.until.all() > owner_.options().low_mark
      || whom.until.posted() > owner_.most_posted() / 2)
    return;
  const std::lock_guard lock(mutex_);
  // Those for whom there is no memory stay in the list for the next time.
  owner_.home().guarded("cluster: resuming processes", [&whom] {
    for (; !whom.processes.empty(); whom.processes.pop_back())
      runtime::detail::find_block(whom.processes.back())
          ->shard()
          .post_quiet([who = whom.processes.back()](shard&) {
            runtime::detail::find_block(who)->resume(process_block::suspended_by::node);
          });
    whom.is_any = false;
  });
}

std::size_t known_node::interned() const {
  const std::lock_guard lock(mutex_);
  return processes_.size();
}

} // namespace websock::runtime::distribution
