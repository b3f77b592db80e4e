// What the connections of one shard share.
#include "websock/connection/connection_host.hpp"

#include "websock/connection/connection_process.hpp"
#include "websock/connection/drain_schedule.hpp"
#include "websock/handshake/handshake.hpp"
#include "websock/protocol/close_code.hpp"
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/process.hpp"
#include "websock/runtime/process/shard.hpp"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <optional>
#include <string_view>
#include <utility>

namespace websock {

namespace {

constexpr std::string_view is_over = "the end of a drain";
constexpr std::chrono::milliseconds pause{100}; // between attempts without memory

/// Keeps a host that expects a connection alive for as long as the departure it observes.
class expecting_keeper final : public departure::observer {
public:
  explicit expecting_keeper(std::shared_ptr<connection_host> host) noexcept
      : host_(std::move(host)), expected_(host_->expect()) {}
  void departed() noexcept override { delete this; }

private:
  const std::shared_ptr<connection_host> host_; // destroyed after what it expects
  const departure expected_;
};

} // namespace

/// A drain in progress, or one that is over and turns away late connections. Allocated in
/// advance, so that starting a drain needs no memory.
struct connection_host::draining {
  bool has_begun = false;
  protocol::close_code code = protocol::close_code::going_away;
  std::optional<drain_schedule> schedule{};
  std::function<void(drain_result)> done{}; // empty once called
  connection_process* next = nullptr; // this and all older ones have yet to be asked
  std::size_t to_ask = 0;             // at least as many; some may have left since
  drain_result result{};
};

connection_host::connection_host(runtime::shard& on, std::function<void()> gone,
                                 unsent_total* total)
    : shard_(on), gone_(std::move(gone)), total_(total),
      lingering_(on, most_lingering, this->unsent(), [this] { check_drained(); }),
      draining_(std::make_unique<draining>()) {
}

connection_host::~connection_host() {
  assert(connections_.size() == 0 && expected_ == 0 && "it outlives its connections");
  if (is_armed())
    shard_.timers().disarm(*this);
}

departure connection_host::expect() noexcept {
  ++expected_;
  return departure(*this);
}

departure connection_host::expect(std::shared_ptr<connection_host> host) {
  return departure(*new expecting_keeper(std::move(host)));
}

runtime::pid connection_host::begin(std::unique_ptr<transport> socket,
                                    accepted_upgrade accepted, std::string leftover,
                                    departure leaving) {
  connection_setup setup{this,
                         std::move(socket),
                         std::move(accepted.options),
                         std::move(accepted.make),
                         std::move(accepted.response),
                         std::move(leftover),
                         std::move(leaving),
                         accepted.agreed};
  return shard_.owner().spawn_on<connection_process>(shard_.index(), std::move(setup));
}

// Destroys the departure on the shard.
void connection_host::abandon(departure leaving) {
  shard_.post([leaving = std::move(leaving)](runtime::shard&) {});
}

void connection_host::departed() noexcept {
  gone_();
  if (draining_->has_begun && !has_given_up_)
    ++draining_->result.closed;
  --expected_;
  check_drained();
}

void connection_host::add(connection_process& connection) {
  assert(shard_.is_accessible() && "a host is used on its shard only");
  // At the front, which a drain in progress has already passed.
  connections_.add(connection);
  if (has_given_up_)
    shard_.owner().exit(connection.pid(), runtime::reason::kill);
  else if (draining_->has_begun)
    connection.ask_to_close(draining_->code);
}

void connection_host::remove(connection_process& connection) noexcept {
  assert(shard_.is_accessible() && "a host is used on its shard only");
  if (&connection == draining_->next)
    draining_->next = connection.links.older;
  connections_.remove(connection);
}

void connection_host::linger(std::unique_ptr<transport> socket, output_backlog unsent,
                             ends_first who) {
  assert(shard_.is_accessible() && "a host is used on its shard only");
  if (!has_given_up_)
    lingering_.add(std::move(socket), std::move(unsent), who);
  else if (!unsent.empty())
    ++this->unsent().cut_off;
}

void connection_host::drain(const drain_options& how, std::size_t batch,
                            std::uint64_t seed, std::function<void(drain_result)> done) {
  assert(shard_.is_accessible() && "a host is used on its shard only");
  const drain_schedule schedule(how, batch, shard_.now(), seed);
  shard_.timers().arm(*this, schedule.deadline()); // first, as only this needs memory
  *draining_ = {true,
                static_cast<protocol::close_code>(how.code),
                schedule,
                std::move(done),
                connections_.newest(),
                connections_.size()};
  if (!shard_.guarded("a drain", [this] { ask_next(); }))
    try_again();
  check_drained();
}

// Asks the next batch; after the last one, waits for answers until the deadline.
void connection_host::ask_next() {
  auto& state = *draining_;
  auto left = state.schedule->batch(state.to_ask);
  for (; left > 0 && state.next != nullptr; --left, --state.to_ask) {
    state.next->ask_to_close(state.code);
    state.next = state.next->links.older;
  }
  auto due = state.schedule->deadline();
  if (state.next != nullptr)
    due = std::min(due, shard_.now() + state.schedule->pause(state.to_ask, shard_.now()));
  shard_.timers().disarm(*this);
  shard_.timers().arm(*this, due);
}

void connection_host::expire(runtime::time_point now) {
  check_drained();
  if (has_given_up_)
    return kill_all();
  if (!draining_->done || is_armed())
    return;
  if (now >= draining_->schedule->deadline())
    give_up();
  else
    ask_next();
}

void connection_host::give_up() {
  assert(shard_.is_accessible() && "a host is used on its shard only");
  if (std::exchange(has_given_up_, true))
    return;
  shard_.timers().disarm(*this);
  if (draining_->has_begun)
    draining_->result.killed = expected_;
  kill_all();
  lingering_.clear();
  check_drained();
}

void connection_host::kill_all() noexcept {
  const bool are_told = shard_.guarded("the end of all connections", [this] {
    connections_.for_each([this](const connection_process& each) {
      shard_.owner().exit(each.pid(), runtime::reason::kill);
    });
  });
  if (!are_told)
    try_again();
}

// If there is no memory to call `done`, tries again later.
void connection_host::check_drained() noexcept {
  if (!draining_->done || expected_ != 0 || !lingering_.empty())
    return;
  shard_.timers().disarm(*this);
  auto done = std::exchange(draining_->done, nullptr);
  if (!shard_.guarded(is_over, [&] { done(draining_->result); })) {
    draining_->done = std::move(done);
    try_again();
  }
}

void connection_host::failed() noexcept {
  shard_.log_thrown("a drain");
  try_again();
}

// Replaces the timer that has expired or is armed, so it needs no memory.
void connection_host::try_again() noexcept {
  shard_.timers().disarm(*this);
  shard_.guarded(is_over, [this] { shard_.timers().arm(*this, shard_.now() + pause); });
}

} // namespace websock
