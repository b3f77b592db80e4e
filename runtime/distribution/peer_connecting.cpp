// How the connection with another node begins and ends.
#include "../process/shard.hpp"
#include "../time/deadline.hpp"
#include "../time/timer_queue.hpp"
#include "hub.hpp"
#include "known_node.hpp"
#include "peer.hpp"
#include "signal_intake.hpp"

#include <algorithm>
#include <utility>

namespace websock::runtime::distribution {

void peer::keep_connected(std::uint16_t port) {
  is_kept_ = true;
  fixed_port_ = port;
  connect();
}

void peer::connect() {
  if (phase_ != peer_phase::idle)
    return;
  auto& home = hub_.home();
  home.timers().arm(*this,
                    deadline_in(home.now(), duration(hub_.options().connect_timeout)));
  phase_ = peer_phase::connecting;
  try {
    dial();
  } catch (const std::exception& thrown) { // no memory, or what is no name of a node
    connect_failed(thrown.what());
  }
}

void peer::dial() {
  if (fixed_port_ != 0)
    return dial_port(fixed_port_);
  if (hub_.options().ports == port_mapper::no_epmd)
    return connect_failed("its port is unknown, and there is no epmd to ask");
  const auto name = node_name::parse(node_.name());
  lookup_ = std::make_unique<epmd_lookup>(
      hub_.home(), hub_.plain_network(),
      epmd_address{std::string(name.host()), hub_.options().epmd_port,
                   duration(hub_.options().connect_timeout)},
      std::string(name.alive()), [this](lookup_result found) {
        const auto keep = std::move(lookup_); // it may be what calls this
        if (const auto* failed = std::get_if<epmd_error>(&found))
          return connect_failed(failed->text);
        dial_port(std::get<epmd_node>(found).port);
      });
}

void peer::dial_port(std::uint16_t port) {
  const auto name = node_name::parse(node_.name());
  dialling_ = hub_.links().dial(
      hub_.home(),
      {std::string(name.host()), port, {}, duration(hub_.options().connect_timeout)},
      [this](dial_result result) {
        const auto keep = std::move(dialling_);
        dialled(std::move(result));
      });
}

void peer::dialled(dial_result result) {
  if (const auto* failed = std::get_if<dial_failed>(&result))
    return connect_failed(failed->why);
  dialled_ = std::make_unique<connection>(
      hub_.home(), std::move(std::get<std::unique_ptr<carrier>>(result)),
      handshake::connect(hub_.itself(), node_name::parse(node_.name()), hub_,
                         hub_.handshakes()),
      hub_.connection_limits(), static_cast<connection::events&>(*this));
}

relation peer::its_relation() const noexcept {
  switch (phase_) {
  case peer_phase::connected:
    return relation::connected;
  case peer_phase::connecting:
    return relation::connecting;
  case peer_phase::idle:
  case peer_phase::parting:
  case peer_phase::pausing:
  case peer_phase::closed:
    break;
  }
  return relation::none;
}

void peer::established(connection& which, const handshake_success& with) {
  if (&which == dialled_.get())
    use(std::move(dialled_), with);
}

void peer::adopt(std::unique_ptr<connection> made, const handshake_success& with) {
  if (phase_ == peer_phase::connected)
    part_connection("it has connected again");
  // A link that both sides make anew must not end with the one before.
  if (!finish_telling() || phase_ == peer_phase::closed)
    return connection::bury(std::move(made));
  use(std::move(made), with);
}

void peer::use(std::unique_ptr<connection> made, const handshake_success& with) {
  lookup_.reset();
  dialling_.reset();
  connection::bury(std::move(dialled_));
  hub_.home().timers().disarm(*this);
  connection_ = std::move(made);
  connection_->hand_over(*this);
  phase_ = peer_phase::connected;
  failures_ = 0;
  last_failure_.clear();
  ++node_.figures().connects;
  node_.figures().is_connected = true;
  hub_.announce_topics(*this);
  hub_.node_is_up(*this, with);
  for (auto& each : backlog_) // if one fails, they are dropped with the connection
    each(*connection_);
  static_cast<void>(take_backlog());
  publish_figures();
}

std::size_t peer::take_backlog() noexcept {
  backlog_ = {};
  backlog_octets_ = 0;
  backlog_large_ = 0;
  backlog_rest_ = 0;
  return std::exchange(backlog_messages_, 0);
}

void peer::drop_backlog() noexcept {
  node_.figures().messages_dropped += take_backlog();
  publish_backlog();
  node_.resume_if_room();
}

void peer::connect_failed(std::string_view why) noexcept {
  if (phase_ == peer_phase::connecting) {
    hub_.home().guarded("cluster: connecting", [&] { note_failure(why); });
    ++failures_;
    part(hub_.absence_of(node_));
  }
  lookup_.reset();
  dialling_.reset();
  connection::bury(std::move(dialled_));
}

void peer::note_failure(std::string_view why) {
  if (last_failure_ == why)
    return;
  last_failure_ = why;
  hub_.log(log_level::warning, node_.name() + " is not connected: " + last_failure_);
}

void peer::expire(time_point) {
  if (phase_ == peer_phase::connecting)
    return connect_failed("it did not answer within connect_timeout");
  if (phase_ != peer_phase::pausing)
    return;
  phase_ = peer_phase::idle;
  if (is_kept_)
    connect();
}

void peer::lost(connection& which, std::string_view why,
                std::optional<handshake_failure> failure) {
  if (&which == connection_.get())
    return part_connection(why);
  connection::bury(std::move(dialled_));
  // The node's own attempt goes on; it comes within connect_timeout, or not.
  if (failure != handshake_failure::simultaneous)
    connect_failed(why);
}

void peer::received(connection&, const received_message& what) {
  signal_intake(hub_, *this, ties_).take(what);
}

void peer::has_room(connection&) {
  publish_figures();
}

void peer::publish_backlog() noexcept {
  node_.figures().small.set_unsent(backlog_octets_);
  node_.figures().large.set_unsent(backlog_large_);
}

void peer::publish_figures() {
  if (phase_ != peer_phase::connected)
    return;
  auto& figures = node_.figures();
  const auto large = connection_->unsent_in_fragments();
  figures.small.set_unsent(connection_->unsent() - large);
  figures.large.set_unsent(large);
  figures.octets_sent = past_octets_sent_ + connection_->octets_sent();
  figures.octets_received = past_octets_received_ + connection_->octets_received();
  node_.resume_if_room();
}

} // namespace websock::runtime::distribution
