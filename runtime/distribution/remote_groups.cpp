// What a scope process does: events of the scope out, messages of its peers in.
#include "remote_groups.hpp"

#include "../address/node_events.hpp"
#include "../process/process.hpp"
#include "../registry/remote_membership.hpp"
#include "../server/gen_server.hpp"
#include "hub.hpp"
#include "known_node.hpp"

#include <algorithm>
#include <set>
#include <string_view>
#include <variant>

namespace websock::runtime::distribution {

using runtime::detail::remote_membership;

namespace {

/// Calls `use` with at most `most` of them at a time.
template <class F>
void in_parts(const std::vector<pid>& pids, std::size_t most, F use) {
  for (auto from = pids.begin(); from != pids.end();) {
    const auto size = std::min<std::size_t>(
        most, static_cast<std::size_t>(std::distance(from, pids.end())));
    const auto to = from + static_cast<std::ptrdiff_t>(size);
    use(std::vector<pid>(from, to));
    from = to;
  }
}

[[nodiscard]] bool is_here(const std::vector<pid>& pids) noexcept {
  return !pids.empty() && !pids.front().is_remote();
}

} // namespace

remote_groups::remote_groups(std::shared_ptr<hub> cluster, std::string scope,
                             process_group::scope groups, group_names called)
    : hub_(std::move(cluster)), scope_(std::move(scope)), groups_(std::move(groups)),
      called_(called) {
}

remote_groups::~remote_groups() = default;

// Traps exits: what another node sends it must not end it.
void remote_groups::on_start() {
  self().trap_exit(true);
}

void remote_groups::begin() {
  auto now = groups_.monitor_scope(self());
  monitor_ = now.ref;
  for (auto& [group, members] : now.groups) {
    std::erase_if(members, [](const pid& each) { return each.is_remote(); });
    here_.add(group, members);
  }
  hub_->watch_nodes(self().pid());
  look();
}

void remote_groups::on_message(term message) {
  message.match([this](const process_group::joined& event) { joined_here(event); },
                [this](const process_group::left& event) { left_here(event); },
                [this](const named&) { begin(); },
                [this](const node_up& event) {
                  discover(event.node);
                  look_soon();
                },
                [this](look_again) {
                  looking_.reset();
                  look();
                },
                [](const node_down&) {}, [this](const down& event) { lost(event); },
                [](const exit_signal& signal) {
                  if (!signal.from)
                    process::exit(signal.reason);
                },
                [this](const runtime::detail::gen_cast& cast) {
                  cast.request.match([this](const etf::value& said) { hear(said); },
                                     [](otherwise) {});
                },
                [this](const etf::value& said) { hear(said); }, [](otherwise) {});
}

void remote_groups::on_exit(const exit_reason&) noexcept {
  hub_->unwatch_nodes(self().pid());
  try {
    for (const auto& [who, peer] : peers_)
      forget_members_of(peer);
  } catch (...) {
    hub_->owner().log_thrown("process groups: members on other nodes do not leave");
  }
}

// What happens here.

void remote_groups::joined_here(const process_group::joined& event) {
  if (event.ref != monitor_ || !is_here(event.pids))
    return;
  tell_leaving();
  here_.add(event.group, event.pids);
  const auto group = name_of(event.group);
  if (peers_.empty() || !group)
    return;
  in_parts(event.pids, most_pids, [&](const std::vector<pid>& some) {
    say_to_all(write(group_message::join{itself(), *group, to_etf(some)}));
  });
}

void remote_groups::left_here(const process_group::left& event) {
  if (event.ref != monitor_ || !is_here(event.pids))
    return;
  auto gone = here_.take(event.group, event.pids);
  auto group = name_of(event.group);
  if (peers_.empty() || !group || gone.empty())
    return;
  if (leaving_.pids != gone || leaving_.groups.size() >= most_groups
      || leaving_.octets >= most_octets)
    tell_leaving();
  leaving_.pids = std::move(gone);
  leaving_.groups.push_back(std::move(*group));
  leaving_.octets += event.group.size();
}

void remote_groups::tell_leaving() {
  const auto gone = std::exchange(leaving_, {});
  in_parts(gone.pids, most_pids, [&](const std::vector<pid>& some) {
    say_to_all(write(group_message::leave{itself(), to_etf(some), gone.groups}));
  });
}

void remote_groups::discover(const std::string& node) {
  self().send(name_at{scope_, node}, write(group_message::discover{itself()}));
}

// What is new is looked for soon, whatever has been missing for long.
void remote_groups::look_soon() {
  if (const auto waiting = std::exchange(looking_, std::nullopt))
    self().cancel_timer(*waiting);
  pause_ = first_pause;
  look_later();
}

void remote_groups::look_later() {
  if (!looking_)
    looking_ = self().send_after(pause_, self().pid(), look_again{});
}

// Asks the nodes that have not answered.
void remote_groups::look() {
  std::set<std::string_view> answered;
  for (const auto& [who, peer] : peers_)
    answered.insert(who.node.name);
  bool is_any_missing = false;
  for (auto* each : hub_->known_nodes())
    if (each->figures().is_connected && !answered.contains(each->name())) {
      discover(each->name());
      is_any_missing = true;
    }
  if (!is_any_missing)
    return;
  look_later();
  pause_ = std::min<duration>(pause_ * 2, longest_pause);
}

void remote_groups::lost(const down& message) {
  const auto found = std::find_if(peers_.begin(), peers_.end(), [&](const auto& each) {
    return each.second.monitor == message.ref;
  });
  if (found == peers_.end())
    return;
  forget_members_of(found->second);
  peers_.erase(found);
  look_soon();
}

void remote_groups::forget_members_of(const peer_scope& gone) {
  for (const auto& [group, members] : gone.members.groups())
    remote_membership::leave(groups_, group, listed(members));
}

// What others say.

// Whoever discovers it before it begins is discovered then.
void remote_groups::hear(const etf::value& message) {
  if (monitor_ == reference())
    return;
  tell_leaving();
  std::visit([this](const auto& said) { take(said); }, group_message::read(message));
}

void remote_groups::take(const group_message::discover& message) {
  const bool is_new = !peers_.contains(message.peer);
  auto* peer = meet(message.peer);
  if (peer == nullptr)
    return;
  say_all_members(*peer);
  if (is_new)
    say(peer->process, write(group_message::discover{itself()}));
}

// What has not changed stays as it is, without events.
void remote_groups::take(const group_message::sync& message) {
  auto* peer = meet(message.peer);
  if (peer == nullptr)
    return;
  group_members now;
  for (const auto& [group, pids] : message.groups)
    if (const auto name = group_from_etf(called_, group))
      now.add(*name, believed(message.peer, pids));
  for (const auto& [group, pids] : peer->members.beyond(now))
    remote_membership::leave(groups_, group, peer->members.take(group, pids));
  for (const auto& [group, pids] : now.beyond(peer->members))
    let_join(*peer, group, pids);
}

void remote_groups::take(const group_message::join& message) {
  const auto found = peers_.find(message.peer);
  const auto group = group_from_etf(called_, message.group);
  if (found != peers_.end() && group)
    let_join(found->second, *group, believed(message.peer, message.pids));
}

void remote_groups::take(const group_message::leave& message) {
  const auto found = peers_.find(message.peer);
  if (found == peers_.end())
    return;
  const auto pids = believed(message.peer, message.pids);
  for (const auto& each : message.groups)
    if (const auto group = group_from_etf(called_, each))
      if (const auto gone = found->second.members.take(*group, pids); !gone.empty())
        remote_membership::leave(groups_, *group, gone);
}

bool remote_groups::is_connected(const std::string& node) const {
  const auto all = hub_->known_nodes();
  return node != hub_->name() && std::any_of(all.begin(), all.end(), [&](auto* each) {
           return each->name() == node && each->figures().is_connected;
         });
}

// Only a process of a node that is connected: names of others would be kept for nothing.
remote_groups::peer_scope* remote_groups::meet(const etf::pid& who) {
  if (const auto found = peers_.find(who); found != peers_.end())
    return &found->second;
  if (peers_.size() >= most_peers || !is_connected(who.node.name))
    return nullptr;
  auto process = hub_->to_pid(who);
  const auto monitor = self().monitor(process);
  return &peers_.emplace(who, peer_scope{std::move(process), monitor, {}}).first->second;
}

std::vector<pid> remote_groups::believed(const etf::pid& peer,
                                         const std::vector<etf::pid>& pids) {
  std::vector<pid> own;
  for (const auto& each : pids)
    if (each.node == peer.node && each.creation == peer.creation)
      own.push_back(hub_->to_pid(each));
  return own;
}

void remote_groups::let_join(peer_scope& peer, const std::string& group,
                             const std::vector<pid>& pids) {
  if (pids.empty())
    return;
  if (pids.size() > most_joins - peer.members.size()) {
    if (!std::exchange(has_told_of_limit_, true))
      hub_->log(log_level::warning, "process groups \"" + scope_ + "\": more than "
                                        + std::to_string(most_joins)
                                        + " joins on a node; the rest is not seen here");
    return;
  }
  peer.members.add(group, pids);
  remote_membership::join(groups_, group, pids);
}

// What is said to others.

void remote_groups::say(const pid& to, const etf::value& message) {
  self().send(to, message);
}

void remote_groups::say_to_all(const etf::value& message) {
  for (const auto& [who, peer] : peers_)
    if (peer.of_here == account::given)
      say(peer.process, message);
}

// What one message does not hold follows as joins.
void remote_groups::say_all_members(peer_scope& to) {
  group_message::sync all{itself(), {}};
  std::vector<group_message::join> rest;
  std::size_t octets = 0;
  std::size_t pids = 0;
  for (const auto& [group, members] : here_.groups()) {
    const auto name = name_of(group);
    if (!name)
      continue;
    const auto name_octets = group.size();
    bool is_first = true;
    in_parts(listed(members), most_pids, [&](const std::vector<pid>& some) {
      const bool fits = is_first && octets < most_octets && pids < most_pids;
      is_first = false;
      octets += name_octets;
      pids += some.size() + 1;
      if (fits)
        all.groups.emplace_back(*name, to_etf(some));
      else
        rest.push_back({itself(), *name, to_etf(some)});
    });
  }
  say(to.process, write(all));
  for (const auto& each : rest)
    say(to.process, write(each));
  to.of_here = account::given;
}

etf::pid remote_groups::itself() {
  return hub_->to_etf(self().pid());
}

std::vector<etf::pid> remote_groups::to_etf(const std::vector<pid>& pids) {
  std::vector<etf::pid> all;
  all.reserve(pids.size());
  for (const auto& each : pids)
    all.push_back(hub_->to_etf(each));
  return all;
}

std::optional<etf::value> remote_groups::name_of(const std::string& group) {
  auto name = group_to_etf(called_, group);
  if (!name && !std::exchange(has_told_of_name_, true))
    hub_->log(log_level::warning,
              "process groups \"" + scope_
                  + "\": the name of a group is too long for other nodes, or no text; "
                    "its members are not seen there");
  return name;
}

} // namespace websock::runtime::distribution
