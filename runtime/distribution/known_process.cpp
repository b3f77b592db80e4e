// Operations on a process of another node, on their way to the shard of the connections.
#include "known_process.hpp"

#include "../address/not_transmissible.hpp"
#include "hub.hpp"
#include "known_node.hpp"
#include "terms/exit_terms.hpp"
#include "terms/gen_messages.hpp"

#include <utility>

namespace websock::runtime::distribution {

known_process::known_process(std::shared_ptr<hub> owner, known_node& node,
                             const key& which, std::uint64_t number)
    : owner_(std::move(owner)), node_(node), which_(which), number_(number) {
}

pid_view known_process::as_view() const noexcept {
  return {node_.name(), which_.id, which_.serial, which_.creation};
}

std::string known_process::to_string() const {
  return "<" + node_.name() + "." + std::to_string(which_.id) + "."
         + std::to_string(which_.serial) + ">";
}

std::string_view known_process::node_name() const noexcept {
  return node_.name();
}

void known_process::send(term message) {
  auto payload = owner_->encode(message);
  const auto size = payload.size();
  if (!owner_->admits(node_, size))
    return;
  owner_->post_message(node_, size,
                       [by = owner_->current_sender(), to = itself(),
                        payload = std::move(payload)](peer& there) mutable {
                         there.send(by, to, std::move(payload));
                       });
}

void known_process::send_to_alias(reference address, term message) {
  const auto theirs = owner_->foreign_alias(address, node_);
  if (!theirs)
    return;
  auto payload = owner_->encode(message);
  const auto size = payload.size();
  if (!owner_->admits(node_, size))
    return;
  owner_->post_message(node_, size,
                       [by = owner_->current_sender(), to = *theirs,
                        payload = std::move(payload)](peer& there) mutable {
                         there.send_to_alias(by, {}, to, std::move(payload));
                       });
}

void known_process::send_request(const pid& caller, reference id, term request) {
  std::string payload;
  etf::writer out(payload);
  call_to_etf(caller, id, request, out, *owner_, owner_->term_limits());
  const auto size = payload.size();
  owner_->check_size(size);
  // Its answer is waited for: never dropped.
  owner_->post_message(node_, size,
                       [by = sender_of(caller), to = itself(), caller, id,
                        payload = std::move(payload)](peer& there) mutable {
                         there.expect_reply(id, caller);
                         there.send(by, to, std::move(payload));
                       });
}

void known_process::exit(const pid& from, const exit_reason& why) {
  std::string reason;
  etf::writer out(reason);
  reason_to_etf(why, out, *owner_, owner_->term_limits());
  owner_->check_size(reason.size());
  owner_->post_to(node_,
                  [from, to = itself(), reason = std::move(reason)](peer& there) mutable {
                    there.exit(from, to, std::move(reason));
                  });
}

void known_process::link(const pid& from) {
  owner_->post_to(node_, [from, to = itself()](peer& there) { there.link(from, to); });
}

void known_process::unlink(const pid& from) {
  owner_->post_to(node_, [from, to = itself()](peer& there) { there.unlink(from, to); });
}

void known_process::monitor(const pid& watcher, reference ref) {
  owner_->post_to(node_, [made = outgoing_monitor{watcher, itself(), {}},
                          ref](peer& there) { there.monitor(ref, made); });
}

void known_process::demonitor(const pid&, reference ref) {
  owner_->post_to(node_, [ref](peer& there) { there.demonitor(ref); });
}

void known_process::link_ended(const pid& from, const exit_reason& why) {
  owner_->post_to(node_, [from, to = itself(),
                          reason = owner_->encode_any(why)](peer& there) mutable {
    there.end_link(from, to, std::move(reason));
  });
}

void known_process::link_refused(const pid& from) {
  link_ended(from, reason::noproc);
}

void known_process::unlink_acknowledged(const pid& from, std::uint64_t id) {
  owner_->post_to(node_, [from, to = itself(), id](peer& there) {
    there.acknowledge_unlink(from, to, id);
  });
}

void known_process::monitor_ended(const down& message) {
  owner_->post_to(
      node_, [ref = message.ref, reason = owner_->encode_any(message.reason)](
                 peer& there) mutable { there.end_monitor(ref, std::move(reason)); });
}

void known_process::lose() noexcept {
  node_.its_peer().give_up();
}

void known_process::forget() noexcept {
  node_.forget(*this);
  delete this;
}

} // namespace websock::runtime::distribution
