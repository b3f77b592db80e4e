// What peers and pids need of the hub.
#include "../address/not_transmissible.hpp"
#include "../process/running_shard.hpp"
#include "../server/gen_server.hpp"
#include "../term/atom.hpp"
#include "hub.hpp"
#include "remote_caller.hpp"
#include "terms/exit_terms.hpp"
#include "terms/gen_messages.hpp"
#include "terms/terms.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <thread>
#include <utility>

namespace websock::runtime::distribution {

namespace {

constexpr std::size_t longest_text = 4'096; // octets, of a reason that is too long

} // namespace

handshake_self hub::itself() const {
  return {name_, offered(options_.visible ? visibility::visible : visibility::hidden),
          creation_, secret_};
}

handshake_options hub::handshakes() const noexcept {
  handshake_options made;
  made.lengths = options_.tls ? length_field::four : length_field::two;
  return made;
}

connection_options hub::connection_limits() const {
  return {.handshake_limit = duration(options_.connect_timeout),
          .ticktime = duration(options_.net_ticktime),
          .message_size = options_.message_size,
          .term_depth = options_.term_depth,
          .low_mark = options_.low_mark};
}

etf::limits hub::term_limits() const noexcept {
  etf::limits limits;
  limits.octets = options_.message_size;
  limits.depth = options_.term_depth;
  return limits;
}

// Full jitter over the upper half, so that nodes that were lost together return apart.
duration hub::pause_after(std::size_t failures) {
  const duration longest(options_.longest_pause);
  duration pause(options_.least_pause);
  for (std::size_t i = 1; i < failures && pause < longest; ++i)
    pause = std::min<duration>(longest, pause * 2);
  std::uniform_int_distribution<> percent(50, 100);
  return pause / 100 * percent(random_);
}

exit_reason::kind hub::absence_of(const known_node& node) const noexcept {
  return node.name() == name() ? reason::noproc : reason::noconnection;
}

sender hub::current_sender() const noexcept {
  constexpr sender no_process = sender{1} << 63U;
  if (const auto* here = runtime::detail::running_shard(owner_)) {
    const auto running = reinterpret_cast<sender>(here->running_process());
    return running != 0 ? running : no_process | here->index();
  }
  return no_process | std::hash<std::thread::id>{}(std::this_thread::get_id()) >> 1U;
}

std::string hub::encode(const term& message) {
  std::string octets;
  etf::writer out(octets);
  if (const auto* cast = message.get_if<runtime::detail::gen_cast>())
    cast_to_etf(cast->request, out, *this, term_limits());
  else
    distribution::to_etf(message, out, *this, term_limits());
  check_size(octets.size());
  return octets;
}

void hub::check_size(std::size_t octets) const {
  if (octets > options_.message_size)
    throw not_transmissible("a message of " + std::to_string(octets)
                            + " octets is longer than cluster_options.message_size, "
                            + std::to_string(options_.message_size));
}

std::size_t hub::most_unsent() const noexcept {
  // Each thread may have found room for one more message at the same time.
  const auto messages = (owner_.shard_count() + 1) * options_.message_size;
  return options_.high_mark + most_above_mark + messages + most_signals;
}

// A reason of any length is told, if not to its end.
std::string hub::encode_any(const exit_reason& why) {
  std::string octets;
  etf::writer out(octets);
  any_reason_to_etf(why, out, *this, term_limits());
  if (octets.size() > options_.message_size) {
    octets.clear();
    out.binary(to_string(why).substr(0, longest_text));
  }
  return octets;
}

bool hub::admits(known_node& node, std::size_t octets) {
  const auto& waiting = node.figures().of_size(octets);
  const auto all = waiting.all();
  const bool is_full = all > options_.high_mark;
  auto* const process =
      is_full || waiting.posted() > most_posted() ? running_process() : nullptr;
  if (is_full && (process == nullptr || all > options_.high_mark + most_above_mark)) {
    ++node.figures().messages_dropped;
    return false;
  }
  if (process != nullptr)
    node.suspend_until_room(*process, octets);
  return true;
}

// Null on a thread that runs no process.
runtime::detail::process_block* hub::running_process() const noexcept {
  const auto* here = runtime::detail::running_shard(owner_);
  return here == nullptr ? nullptr : here->running_process();
}

void hub::write(peer& to, const control::message& what) {
  to.write(what, {});
}

void hub::write(peer& to, const control::message& what, const exit_reason& why) {
  to.write(what, encode_any(why));
}

void hub::answer_ping(etf::reader request) {
  const auto asked = arrived_from_etf(request, *this);
  const auto* call = std::get_if<remote_call>(&asked);
  if (call == nullptr)
    return;
  const bool asks_for_life = call->request.match(
      [](const atom& what, const atom&) { return what.name == "is_auth"; },
      [](otherwise) { return false; });
  if (asks_for_life)
    remote_caller(shared(), call->caller, call->tag).reply(term(atom{"yes"}));
}

// remote_gate.

void hub::send(const name_at& to, const pid& from, term message) {
  auto& node = find_node(to.node);
  auto payload = encode(message);
  const auto size = payload.size();
  if (!admits(node, size))
    return;
  post_message(node, size,
               [by = current_sender(), from, name = to.name,
                payload = std::move(payload)](peer& there) mutable {
                 there.send_to_name(by, from, std::move(name), std::move(payload));
               });
}

void hub::send_request(const name_at& to, const pid& caller, reference id, term request) {
  auto& node = find_node(to.node);
  std::string payload;
  etf::writer out(payload);
  call_to_etf(caller, id, request, out, *this, term_limits());
  const auto size = payload.size();
  check_size(size);
  // Its answer is waited for: never dropped.
  post_message(node, size,
               [by = sender_of(caller), caller, id, name = to.name,
                payload = std::move(payload)](peer& there) mutable {
                 there.expect_reply(id, caller);
                 there.send_to_name(by, caller, std::move(name), std::move(payload));
               });
}

void hub::monitor(const name_at& to, const pid& watcher, reference ref) {
  post_to(find_node(to.node), [made = outgoing_monitor{watcher, {}, to.name},
                               ref](peer& there) { there.monitor(ref, made); });
}

void hub::demonitor(const name_at& to, const pid&, reference ref) {
  post_to(find_node(to.node), [ref](peer& there) { there.demonitor(ref); });
}

void hub::lose(const name_at& to) noexcept {
  known_node* found = nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (const auto known = nodes_.find(to.node); known != nodes_.end())
      found = known->second.get();
  }
  if (found != nullptr)
    found->its_peer().give_up();
}

} // namespace websock::runtime::distribution
