// Signals on their way to another node.
#include "peer.hpp"

#include "../address/remote_signals.hpp"
#include "hub.hpp"
#include "known_node.hpp"
#include "known_process.hpp"
#include "publication.hpp"

#include <utility>

namespace websock::runtime::distribution {

namespace {

[[nodiscard]] pid_view view_of(const pid& remote) {
  return static_cast<const known_process&>(*runtime::detail::find_remote(remote))
      .as_view();
}

} // namespace

// True when signals have somewhere to go, if only to the backlog.
bool peer::reaches() {
  if (phase_ == peer_phase::idle)
    connect();
  return phase_ == peer_phase::connected || phase_ == peer_phase::connecting;
}

// A message has come as far as here. False when it goes no further.
bool peer::takes_over() {
  auto& figures = node_.figures();
  if (reaches()) {
    ++figures.messages_sent;
    return true;
  }
  ++figures.messages_dropped;
  node_.resume_if_room();
  return false;
}

// A request that goes nowhere has ended with its monitor.
template <class F>
void peer::pass(std::size_t octets, F what, std::size_t reason) {
  if (phase_ == peer_phase::connected) {
    what(*connection_);
    publish_figures();
    return hold_to_limit();
  }
  wait_for_connection(std::move(what), octets, reason);
}

// As with a node that is connected, what waits is bounded, whatever it is.
void peer::wait_for_connection(signal what, std::size_t octets, std::size_t reason) {
  backlog_.push_back(std::move(what));
  const bool is_message = octets > 0;
  const auto size = octets + reason + waiting_octets::around;
  (!is_message              ? backlog_rest_
   : octets > fragment_size ? backlog_large_
                            : backlog_octets_) += size;
  backlog_messages_ += is_message ? 1 : 0;
  publish_backlog();
  if (backlog_octets_ + backlog_large_ + backlog_rest_ > hub_.most_unsent())
    connect_failed("more waits for it than may");
}

void peer::send(sender by, const pid& to, std::string payload) {
  if (!takes_over())
    return;
  const auto size = payload.size();
  pass(size, [by, to, payload = std::move(payload)](connection& with) mutable {
    with.write(by, control::send{view_of(to)}, std::move(payload));
  });
}

void peer::send_to_name(sender by, const pid& from, std::string name,
                        std::string payload) {
  if (!takes_over())
    return;
  const auto size = payload.size();
  pass(size, [this, by, from, name = std::move(name),
              payload = std::move(payload)](connection& with) mutable {
    with.write(by, control::reg_send{hub_.local_view(from), name}, std::move(payload));
  });
}

void peer::send_to_alias(sender by, const pid& from, const etf::reference& to,
                         std::string payload) {
  if (!takes_over())
    return;
  const auto size = payload.size();
  pass(size, [this, by, from, to,
              payload = std::move(payload)](connection& with) mutable {
    with.write(by, control::alias_send{hub_.local_view(from), to}, std::move(payload));
  });
}

// It belongs to the connection on which the node has announced that it takes it.
void peer::publish(sender by, const std::string& publication) {
  auto& figures = node_.figures();
  if (!hub_.sharing_nodes().has(node_)) {
    ++figures.messages_dropped;
    return;
  }
  ++figures.messages_sent;
  connection_->write(by, control::reg_send{hub_.local_view(pid()), topics_name},
                     publication);
  publish_figures();
}

void peer::link(const pid& from, const pid& to) {
  if (!reaches())
    return runtime::detail::linked_exit(from, to, hub_.absence_of(node_));
  const auto next = ties_.links.link({from, to});
  if (next == link_table::step::none)
    return;
  if (next == link_table::step::send_and_forget) // the process waits for it
    runtime::detail::acknowledge_unlink(from, to);
  pass(0, [this, from, to](connection& with) {
    with.write(sender_of(from), control::link{hub_.local_view(from), view_of(to)});
  });
}

void peer::unlink(const pid& from, const pid& to) {
  const auto id = ties_.links.unlink({from, to});
  if (id == 0)
    return runtime::detail::acknowledge_unlink(from, to);
  pass(0, [this, from, to, id](connection& with) {
    with.write(sender_of(from),
               control::unlink_id{id, hub_.local_view(from), view_of(to)});
  });
}

void peer::end_link(const pid& from, const pid& to, std::string reason) {
  if (!ties_.links.end({from, to}))
    return;
  const auto size = reason.size();
  pass(
      0,
      [this, from, to, reason = std::move(reason)](connection& with) mutable {
        with.write(sender_of(from), control::exit{hub_.local_view(from), view_of(to)},
                   std::move(reason));
      },
      size);
}

void peer::acknowledge_unlink(const pid& from, const pid& to, std::uint64_t id) {
  if (phase_ != peer_phase::connected || id == 0) // 0: the obsolete form wants no answer
    return;
  connection_->write(sender_of(from),
                     control::unlink_id_ack{id, hub_.local_view(from), view_of(to)});
  hold_to_limit();
}

void peer::monitor(reference ref, outgoing_monitor made) {
  if (!reaches())
    return runtime::detail::monitored_exit(
        made.watcher, {ref, made.target, made.name, hub_.absence_of(node_),
                       made.name.empty() ? "" : node_.name()});
  ties_.monitors.add(ref, made);
  pass(0, [this, ref, made = std::move(made)](connection& with) {
    const auto target = made.name.empty()
                            ? control::process_or_name(view_of(made.target))
                            : control::process_or_name(std::string_view(made.name));
    with.write(sender_of(made.watcher), control::monitor{hub_.local_view(made.watcher),
                                                         target, hub_.local_view(ref)});
  });
}

void peer::expect_reply(reference id, const pid& caller) {
  if (ties_.monitors.waits_for(id)) // or nothing would ever remove it
    ties_.requests.emplace(id, caller);
}

void peer::demonitor(reference ref) {
  ties_.requests.erase(ref);
  auto made = ties_.monitors.take(ref);
  if (!made)
    return;
  pass(0, [this, ref, made = std::move(*made)](connection& with) {
    const auto target = made.name.empty()
                            ? control::process_or_name(view_of(made.target))
                            : control::process_or_name(std::string_view(made.name));
    with.write(sender_of(made.watcher), control::demonitor{hub_.local_view(made.watcher),
                                                           target, hub_.local_view(ref)});
  });
}

void peer::end_monitor(reference ref, std::string reason) {
  auto made = ties_.monitors.take_incoming(ref);
  if (!made)
    return;
  const auto size = reason.size();
  pass(
      0,
      [this, made = std::move(*made),
       reason = std::move(reason)](connection& with) mutable {
        const auto from = made.name.empty()
                              ? control::process_or_name(hub_.local_view(made.target))
                              : control::process_or_name(std::string_view(made.name));
        with.write(sender_of(made.target),
                   control::monitor_exit{from, view_of(made.watcher), made.theirs},
                   std::move(reason));
      },
      size);
}

void peer::write(const control::message& what, std::string payload) {
  if (phase_ != peer_phase::connected)
    return;
  connection_->write(0, what, std::move(payload));
  hold_to_limit();
}

// What is no message is never dropped, so a node that makes us write and does not read
// would have all our memory.
void peer::hold_to_limit() {
  if (connection_->unsent() > hub_.most_unsent())
    connection_->give_up("it takes less than is sent to it");
}

void peer::exit(const pid& from, const pid& to, std::string reason) {
  if (!reaches())
    return;
  const auto size = reason.size();
  pass(
      0,
      [this, from, to, reason = std::move(reason)](connection& with) mutable {
        with.write(sender_of(from), control::exit2{hub_.local_view(from), view_of(to)},
                   std::move(reason));
      },
      size);
}

} // namespace websock::runtime::distribution
