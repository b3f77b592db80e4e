// Operations of the distribution protocol as the core's signals.
#include "signal_intake.hpp"

#include "../address/exit_signals.hpp"
#include "../address/gen_call.hpp"
#include "../address/remote_signals.hpp"
#include "../address/send.hpp"
#include "../server/gen_server.hpp"
#include "etf/malformed.hpp"
#include "hub.hpp"
#include "known_node.hpp"
#include "publication.hpp"
#include "remote_caller.hpp"
#include "terms/exit_terms.hpp"
#include "terms/gen_messages.hpp"
#include "terms/terms.hpp"

#include <memory>
#include <type_traits>
#include <utility>

namespace websock::runtime::distribution {

namespace {

constexpr std::string_view net_kernel = "net_kernel";

} // namespace

void signal_intake::take(const received_message& what) {
  what_ = &what;
  std::visit(*this, what.what);
}

pid signal_intake::local(const pid_view& who) const {
  return hub_.exported(who);
}

pid signal_intake::remote(const pid_view& who) const {
  if (who.node != peer_.node().name())
    throw etf::malformed("a process of another node signals through it", 0);
  return peer_.node().intern({who.id, who.serial, who.creation});
}

pid signal_intake::named(std::string_view name) const {
  return hub_.exports(name) ? hub_.owner().whereis(name) : pid();
}

etf::reader signal_intake::payload() const {
  return etf::reader(what_->payload, hub_.term_limits(), what_->atoms);
}

void signal_intake::deliver(const pid& to) {
  ++peer_.node().figures().messages_received;
  auto in = payload();
  auto arrived = arrived_from_etf(in, hub_);
  if (!to)
    return;
  if (auto* call = std::get_if<remote_call>(&arrived))
    send(to, gen_call{from(std::make_shared<remote_caller>(hub_.shared(), call->caller,
                                                           std::move(call->tag))),
                      std::move(call->request)});
  else if (auto* cast = std::get_if<remote_cast>(&arrived))
    send(to, runtime::detail::gen_cast{std::move(cast->message)});
  else
    send(to, std::move(std::get<term>(arrived)));
}

// A reply to a request may come to the alias or, from servers that know of no aliases, to
// the process.
bool signal_intake::answers_request() {
  if (ties_.requests.empty())
    return false;
  auto in = payload();
  auto reply = reply_from_etf(in, hub_);
  if (!reply)
    return false;
  const auto asked = ties_.requests.find(reply->id);
  if (asked == ties_.requests.end())
    return false;
  ++peer_.node().figures().messages_received;
  runtime::detail::answer_request(asked->second, reply->id, std::move(reply->value));
  ties_.requests.erase(asked);
  return true;
}

void signal_intake::operator()(const control::send& what) {
  if (!answers_request())
    deliver(local(what.to));
}

void signal_intake::operator()(const control::send_sender& what) {
  operator()(control::send{what.to});
}

void signal_intake::operator()(const control::reg_send& what) {
  if (what.to == net_kernel)
    return hub_.answer_ping(payload());
  if (what.to == topics_name)
    return hub_.take_topic_message(peer_.node(), payload());
  deliver(named(what.to));
}

void signal_intake::operator()(const control::alias_send& what) {
  if (answers_request())
    return;
  const auto alias = hub_.exported_alias(what.to);
  ++peer_.node().figures().messages_received;
  auto in = payload();
  auto message = from_etf(in, hub_);
  if (alias.owner)
    send(alias, std::move(message));
}

void signal_intake::operator()(const control::link& what) {
  const auto from = remote(what.from);
  const auto to = local(what.to);
  if (!to)
    return refuse_link(what.from, what.to);
  if (ties_.links.link_from({to, from}))
    runtime::detail::link_from(to, from);
}

void signal_intake::refuse_link(const pid_view& from, const pid_view& to) {
  hub_.write(peer_, control::exit{to, from}, reason::noproc);
}

void signal_intake::operator()(const control::unlink& what) {
  const auto to = local(what.to);
  const auto from = remote(what.from);
  if (to && ties_.links.end({to, from}))
    runtime::detail::unlink_from(to, from, 0);
}

// Also when there is no link, the process acknowledges: a link of its own that is on its
// way must leave before that.
void signal_intake::operator()(const control::unlink_id& what) {
  const auto from = remote(what.from);
  const auto to = local(what.to);
  if (!to)
    return hub_.write(peer_, control::unlink_id_ack{what.id, what.to, what.from});
  ties_.links.end({to, from});
  runtime::detail::unlink_from(to, from, what.id);
}

void signal_intake::operator()(const control::unlink_id_ack& what) {
  const auto from = remote(what.from);
  const auto to = local(what.to);
  if (to && ties_.links.acknowledge({to, from}, what.id))
    runtime::detail::acknowledge_unlink(to, from);
}

void signal_intake::operator()(const control::exit& what) {
  const auto from = remote(what.from);
  const auto to = local(what.to);
  auto in = payload();
  auto why = reason_from_etf(in, hub_);
  if (to && ties_.links.end({to, from}))
    runtime::detail::linked_exit(to, from, std::move(why));
}

void signal_intake::operator()(const control::exit2& what) {
  const auto from = remote(what.from);
  const auto to = local(what.to);
  auto in = payload();
  auto why = reason_from_etf(in, hub_);
  if (to)
    runtime::detail::send_exit(to, from, std::move(why));
}

void signal_intake::operator()(const control::monitor& what) {
  const auto from = remote(what.from);
  std::string name;
  pid target;
  if (const auto* by_name = std::get_if<std::string_view>(&what.to)) {
    if (*by_name == net_kernel)
      return; // as alive as the connection, whose loss the peer sees itself
    name = *by_name;
    target = named(name);
  } else {
    target = local(std::get<pid_view>(what.to));
  }
  if (!target)
    return hub_.write(peer_, control::monitor_exit{what.to, what.from, what.reference},
                      reason::noproc);
  const auto ours = hub_.make_reference();
  if (ties_.monitors.add(ours,
                         incoming_monitor{from, target, name, what.reference.copy()}))
    runtime::detail::monitor_from(target, from, ours, name);
}

void signal_intake::operator()(const control::demonitor& what) {
  if (const auto found = ties_.monitors.take_incoming(what.reference.copy()))
    runtime::detail::demonitor_from(found->monitor.target, found->ours);
}

void signal_intake::operator()(const control::monitor_exit& what) {
  const auto ref = hub_.local_reference(what.reference);
  ties_.requests.erase(ref);
  auto made = ties_.monitors.take(ref);
  auto in = payload();
  auto why = reason_from_etf(in, hub_);
  if (!made)
    return;
  const auto node = made->name.empty() ? std::string() : peer_.node().name();
  runtime::detail::monitored_exit(made->watcher,
                                  {ref, made->target, made->name, std::move(why), node});
}

void signal_intake::operator()(const control::spawn_request& what) {
  hub_.write(peer_, control::spawn_reply{what.request, what.from, 0, "notsup"});
}

void signal_intake::operator()(const control::unknown& what) {
  hub_.log(log_level::debug, peer_.node().name() + " sent operation "
                                 + std::to_string(what.operation)
                                 + ", which is not known here");
}

} // namespace websock::runtime::distribution
