// How the loss of a node is told, and what then becomes of it.
#include "../address/node_events.hpp"
#include "../process/shard.hpp"
#include "../time/deadline.hpp"
#include "../time/timer_queue.hpp"
#include "hub.hpp"
#include "known_node.hpp"
#include "peer.hpp"

#include <atomic>
#include <cstdint>
#include <exception>
#include <memory>
#include <new>
#include <utility>

namespace websock::runtime::distribution {

namespace {

constexpr std::size_t most_at_once =
    1'000; // signals between which others have their turn

} // namespace

/// Goes on telling in a later round. Takes no memory, and keeps the hub meanwhile.
class peer::telling final : public runtime::detail::shard_task {
public:
  explicit telling(peer& owner) noexcept
      : shard_task(runtime::detail::signal_kind::control), owner_(owner) {}
  void post() noexcept {
    if (hub_)
      return; // it is on its way
    hub_ = owner_.hub_.shared();
    owner_.hub_.home().post_task(*this);
  }
  void run(shard&) override {
    const auto keep = std::exchange(hub_, nullptr);
    if (owner_.phase_ == peer_phase::parting)
      owner_.tell_part(most_at_once);
  }
  void dispose() noexcept override { const auto gone = std::exchange(hub_, nullptr); }

  ~telling() = default;

private:
  peer& owner_;
  std::shared_ptr<hub> hub_;
};

/// The order to disconnect, for which there is always memory.
class peer::giving_up final : public runtime::detail::shard_task {
public:
  explicit giving_up(peer& owner) noexcept
      : shard_task(runtime::detail::signal_kind::control), owner_(owner) {}
  void post() noexcept {
    if (is_posted_.exchange(true))
      return;
    hub_ = owner_.hub_.shared();
    owner_.hub_.home().post_task(*this);
  }
  void run(shard&) override {
    const auto keep = taken();
    owner_.disconnect("there was no memory for a signal");
  }
  void dispose() noexcept override { const auto gone = taken(); }

  ~giving_up() = default;

private:
  [[nodiscard]] std::shared_ptr<hub> taken() noexcept {
    auto owner = std::exchange(hub_, nullptr);
    is_posted_ = false;
    return owner;
  }

  peer& owner_;
  std::shared_ptr<hub> hub_; // while it is posted
  std::atomic<bool> is_posted_{false};
};

peer::peer(hub& owner, known_node& node)
    : hub_(owner), node_(node), telling_(std::make_unique<telling>(*this)),
      giving_up_(std::make_unique<giving_up>(*this)) {
  if (owner.is_closed() || node.name() == owner.name() || node.name() == hub::nowhere)
    phase_ = peer_phase::closed; // none, a former life of this node, or too many
}

peer::~peer() = default; // closed by then, and disarmed

// The connection is lost, or can't be had. Signals fail at once from now on.
void peer::part(exit_reason::kind why) noexcept {
  hub_.home().timers().disarm(*this);
  drop_backlog();
  phase_ = peer_phase::parting;
  lost_.begin(ties_, why, node_.name());
  tell_part(most_at_once);
}

void peer::part_connection(std::string_view why) noexcept {
  auto& figures = node_.figures();
  past_octets_sent_ += connection_->octets_sent();
  past_octets_received_ += connection_->octets_received();
  connection::bury(std::move(connection_));
  hub_.sharing_nodes().remove(node_);
  ++figures.losses;
  figures.is_connected = false;
  is_down_ = true;
  try {
    down_why_ = why;
  } catch (...) {
    down_why_ = "no memory";
  }
  part(reason::noconnection);
}

// Where there is no memory for a signal, it is tried again.
void peer::tell_part(std::size_t most) noexcept {
  try {
    if (lost_.tell(most) && (!is_down_ || tell_watchers(most)))
      return parted();
  } catch (const std::bad_alloc&) {
  } catch (...) {
    hub_.home().log_thrown("cluster: telling of a lost node");
  }
  telling_->post();
}

bool peer::tell_watchers(std::size_t most) {
  auto watchers = hub_.watchers();
  lost_.add_watchers(std::move(watchers), term(node_down{node_.name(), down_why_}));
  is_down_ = false;
  hub_.log_loss(node_.name(), down_why_);
  return lost_.tell(most);
}

void peer::parted() {
  if (is_closing_) {
    phase_ = peer_phase::closed;
    return;
  }
  auto& home = hub_.home();
  home.timers().arm(*this, deadline_in(home.now(), hub_.pause_after(failures_)));
  phase_ = peer_phase::pausing;
}

// For what can't wait for the next part. False without memory.
bool peer::finish_telling() noexcept {
  if (phase_ == peer_phase::parting)
    tell_part(SIZE_MAX);
  return phase_ != peer_phase::parting;
}

void peer::disconnect(std::string_view why) noexcept {
  if (phase_ == peer_phase::connected)
    part_connection(why);
  else if (phase_ == peer_phase::connecting)
    connect_failed(why);
}

void peer::give_up() noexcept {
  giving_up_->post();
}

void peer::close() noexcept {
  is_closing_ = true;
  hub_.home().timers().disarm(*this);
  lookup_.reset();
  dialling_.reset();
  connection::bury(std::move(dialled_));
  if (phase_ == peer_phase::connected)
    part_connection("the cluster is closed");
  else if (phase_ != peer_phase::parting && phase_ != peer_phase::closed)
    part(reason::noconnection);
  static_cast<void>(finish_telling());
}

} // namespace websock::runtime::distribution
