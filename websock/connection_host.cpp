// What the connections of one shard share.
#include "websock/connection_host.hpp"

#include "runtime/node.hpp"
#include "runtime/process.hpp"
#include "runtime/shard.hpp"
#include "websock/connection_process.hpp"
#include "websock/handshake.hpp"

#include <algorithm>
#include <utility>

namespace websock {

namespace {

/// Keeps a host, which expects a connection, for as long as the departure that it
/// observes.
class expecting_keeper final : public departure::observer {
public:
  explicit expecting_keeper(std::shared_ptr<connection_host> host)
      : host_(std::move(host)), expected_(host_->expect()) {}
  void departed() noexcept override { delete this; }

private:
  const std::shared_ptr<connection_host> host_; // after what it expects
  const departure expected_;
};

} // namespace

/// A drain that goes on, or is over and refuses what comes late.
struct connection_host::draining {
  std::uint16_t code;
  drain_schedule schedule;
  std::function<void(drain_result)> done; // until it was called
  connection_process* next;               // it and all older ones are still to be asked
  std::size_t to_ask; // no fewer than those; some of them may have left
  drain_result result{};
};

connection_host::connection_host(runtime::shard& on, std::function<void()> gone,
                                 unsent_total* total)
    : shard_(on), gone_(std::move(gone)), total_(total),
      lingering_(on, most_lingering, this->unsent(), [this] { check_drained(); }) {
}

connection_host::~connection_host() {
  if (is_armed())
    shard_.timers().disarm(*this);
}

departure connection_host::expect() {
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

// Destroyed on the shard.
void connection_host::abandon(departure leaving) {
  shard_.post([leaving = std::move(leaving)](runtime::shard&) {});
}

void connection_host::departed() noexcept {
  gone_();
  if (draining_ && !has_given_up_)
    ++draining_->result.closed;
  --expected_;
  check_drained();
}

void connection_host::add(connection_process& connection) {
  // In front, where nobody is left to be asked.
  connection.older_ = connections_;
  if (connections_ != nullptr)
    connections_->newer_ = &connection;
  connections_ = &connection;
  ++connection_count_;
  if (has_given_up_)
    shard_.owner().exit(connection.pid(), runtime::kill);
  else if (draining_)
    connection.ask_to_close(draining_->code);
}

void connection_host::remove(connection_process& connection) noexcept {
  auto* const older = connection.older_;
  auto* const newer = connection.newer_;
  if (draining_ && &connection == draining_->next)
    draining_->next = older;
  (newer == nullptr ? connections_ : newer->older_) = older;
  if (older != nullptr)
    older->newer_ = newer;
  --connection_count_;
}

void connection_host::linger(std::unique_ptr<transport> socket, output_backlog unsent,
                             ends_first who) {
  if (!has_given_up_)
    lingering_.add(std::move(socket), std::move(unsent), who);
  else if (!unsent.empty())
    ++this->unsent().cut_off;
}

void connection_host::drain(const drain_options& how, std::size_t batch,
                            std::uint64_t seed, std::function<void(drain_result)> done) {
  draining_ = std::make_unique<draining>(
      draining{how.code, drain_schedule(how, batch, shard_.now(), seed), std::move(done),
               connections_, connection_count_});
  ask_next();
  check_drained();
}

// To the next batch, or the last one, whose answers are waited for until the deadline.
void connection_host::ask_next() {
  auto& state = *draining_;
  auto left = state.schedule.batch(state.to_ask);
  for (; left > 0 && state.next != nullptr; --left, --state.to_ask)
    std::exchange(state.next, state.next->older_)->ask_to_close(state.code);
  auto due = state.schedule.deadline();
  if (state.next != nullptr)
    due = std::min(due, shard_.now() + state.schedule.pause(state.to_ask, shard_.now()));
  shard_.timers().arm(*this, due);
}

void connection_host::expire(runtime::time_point now) {
  if (now >= draining_->schedule.deadline())
    give_up();
  else
    ask_next();
}

void connection_host::give_up() {
  if (std::exchange(has_given_up_, true))
    return;
  shard_.timers().disarm(*this);
  if (draining_)
    draining_->result.killed = expected_;
  for (auto* each = connections_; each != nullptr; each = each->older_)
    shard_.owner().exit(each->pid(), runtime::kill);
  lingering_.clear();
  check_drained();
}

void connection_host::check_drained() {
  if (!draining_ || !draining_->done || expected_ != 0 || !lingering_.empty())
    return;
  shard_.timers().disarm(*this);
  std::exchange(draining_->done, nullptr)(draining_->result);
}

} // namespace websock
