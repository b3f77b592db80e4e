// The deeds of random programs, and what each thing that is heard must agree with.
#include "tests/distribution/random_nodes.hpp"

#include "websock/runtime/address/remote_gate.hpp"
#include "websock/runtime/process_info.hpp"

#include "tests/support/puppet.hpp"

#include <algorithm>
#include <utility>

namespace tests::random_nodes {

namespace {

namespace reason = runtime::reason;
using runtime::exit_signal;
using runtime::name_at;

constexpr int bye = 1'000'000; // the reason of who exits; smaller ones are exit(pid, n)

[[nodiscard]] int number_in(const runtime::exit_reason& why) {
  return why.what() == runtime::exit_reason::kind::term ? why.detail().match(
             [](int number) { return number; }, [](runtime::otherwise) { return -1; })
                                                        : -1;
}

[[nodiscard]] bool has_link(const runtime::process_info& of, const pid& other) {
  return std::find(of.links.begin(), of.links.end(), other) != of.links.end();
}

// A link that has been made and is no more: its exit waits in the mailbox.
void note_exits_under_way(relation& known, const runtime::process_info& now) {
  if (known.is_linked && !has_link(now, known.pid))
    ++known.exits_waiting;
}

} // namespace

class body final : public runtime::behaviour {
public:
  body(world& all, int number) : all_(all), number_(number) {}

private:
  void on_start() override {
    self().trap_exit(true);
    self().register_name(world::name_of(number_));
  }
  void on_message(runtime::term message) override {
    if (const auto* todo = message.get_if<task>())
      return todo->run(self());
    message.match(
        [&](int from, int number) { all_.heard(number_, from, number); },
        [&](int from, int number, const std::string&) {
          all_.heard(number_, from, number);
        },
        [&](int from, const runtime::pid& its) {
          all_.actors_[static_cast<std::size_t>(number_)].others[from].pid = its;
        },
        [&](const exit_signal& signal) { all_.heard_exit(number_, signal); },
        [&](const runtime::down& down) { all_.heard_down(number_, down); },
        [&](const runtime::gen_call& call) { runtime::reply(call.caller, number_); },
        [&](const runtime::response& answer) {
          auto& mine = all_.actors_[static_cast<std::size_t>(number_)].requests;
          const auto found = mine.find(answer.id);
          if (found == mine.end() || std::exchange(found->second, true))
            all_.blame(number_, "a second response");
        },
        [&](runtime::otherwise) { all_.blame(number_, "heard " + to_string(message)); });
  }

  world& all_;
  const int number_;
};

world::world(std::uint64_t seed, std::size_t nodes, std::size_t actors_per_node)
    : seed_(seed), random_(seed),
      nodes_(seed, nodes,
             [nodes, actors_per_node](std::size_t, runtime::cluster_options& options) {
               options.net_ticktime = 4s;
               options.high_mark = 300'000; // so that some are suspended
               options.low_mark = 100'000;
               for (std::size_t i = 0; i < nodes * actors_per_node; ++i)
                 options.exported_names.push_back(name_of(static_cast<int>(i)));
             }) {
  actors_.resize(nodes * actors_per_node);
  for (std::size_t i = 0; i < actors_.size(); ++i) {
    actors_[i].node = i % nodes;
    actors_[i].local =
        nodes_.node(actors_[i].node).spawn<body>(std::ref(*this), static_cast<int>(i));
  }
  nodes_.run_until_idle();
  introduce();
}

void world::introduce() {
  for (std::size_t i = 0; i < actors_.size(); ++i)
    for (std::size_t j = 0; j < actors_.size(); ++j)
      if (actors_[i].node != actors_[j].node)
        tell(actors_[i].local, [this, i, j](process& self) {
          self.send(name_at{name_of(static_cast<int>(j)),
                            stepped_cluster::name(actors_[j].node)},
                    static_cast<int>(i), self.pid());
        });
  nodes_.run_until_idle();
}

void world::blame(int who, const std::string& what) {
  wrong_.push_back("seed " + std::to_string(seed_) + ", process " + std::to_string(who)
                   + ": " + what);
}

int world::number_of(const actor& of, const runtime::pid& other) const {
  for (const auto& [number, known] : of.others)
    if (known.pid == other)
      return number;
  return -1;
}

void world::heard(int by, int from, int number) {
  auto& known = actors_[static_cast<std::size_t>(by)].others[from];
  if (number <= known.heard)
    blame(by, std::to_string(number) + " of " + std::to_string(from) + " after "
                  + std::to_string(known.heard));
  if (!had_accidents_ && number != known.heard + 1)
    blame(by, std::to_string(number) + " of " + std::to_string(from)
                  + " is heard, and what was sent before is not");
  if (known.is_known_dead)
    blame(by, "hears the dead " + std::to_string(from));
  known.heard = number;
}

void world::heard_exit(int by, const exit_signal& signal) {
  auto& who = actors_[static_cast<std::size_t>(by)];
  const int from = number_of(who, signal.from);
  if (from < 0)
    return blame(by, "an exit of a stranger");
  const auto& other = actors_[static_cast<std::size_t>(from)];
  const int number = number_in(signal.reason);
  if (number >= 0 && number < bye)
    return heard(by, from, number);
  auto& known = who.others[from];
  const auto& back = other.others.at(by);
  const bool is_due =
      known.exits_waiting > 0 || known.is_linked || back.last_link > known.void_before;
  if (!is_due || ++known.exits_heard > known.links_made + back.links_made)
    blame(by, "an exit " + to_string(signal.reason) + " of " + std::to_string(from)
                  + " without a link");
  if (other.is_alive && signal.reason != runtime::exit_reason(reason::noconnection))
    blame(by, "an exit " + to_string(signal.reason) + " of one that lives");
  known.is_known_dead |= number == bye;
  if (known.exits_waiting > 0)
    --known.exits_waiting;
  else
    known.is_linked = false;
}

void world::heard_down(int by, const runtime::down& down) {
  auto& who = actors_[static_cast<std::size_t>(by)];
  const auto found = who.monitors.find(down.ref);
  if (found == who.monitors.end() || !std::exchange(found->second.is_active, false))
    return blame(by, "a down " + to_string(down.reason) + " that is not due");
  const auto& other = actors_[static_cast<std::size_t>(found->second.of)];
  if (other.is_alive && down.reason != runtime::exit_reason(reason::noconnection))
    blame(by, "a down " + to_string(down.reason) + " of one that lives");
  who.others[found->second.of].is_known_dead |= number_in(down.reason) == bye;
}

void world::link(relation& known, process& self) {
  note_exits_under_way(known, runtime::info(self));
  known.is_linked = true;
  ++known.links_made;
  known.last_link = time_;
  self.link(known.pid);
}

void world::unlink(relation& known, process& self) {
  const auto before = runtime::info(self);
  note_exits_under_way(known, before);
  known.is_linked = false;
  ++known.unlinks_made;
  if (has_link(before, known.pid) && before.message_queue_len == 0)
    known.void_before = time_; // also a link of the other that is on its way
  self.unlink(known.pid);
}

void world::act(int who, int on, unsigned what, process& self) {
  auto& me = actors_[static_cast<std::size_t>(who)];
  auto& known = me.others[on];
  ++time_;
  switch (what) {
  case 0:
  case 1:
    return link(known, self);
  case 2:
    if (who < on) // or the other could not know whether an exit is due
      unlink(known, self);
    return;
  case 3:
    me.monitors[self.monitor(known.pid)] = {on};
    return;
  case 4:
    me.monitors[self.monitor(name_at{
        name_of(on),
        stepped_cluster::name(actors_[static_cast<std::size_t>(on)].node)})] = {on};
    return;
  case 5:
    for (auto& [ref, each] : me.monitors)
      if (std::exchange(each.is_active, false)) {
        static_cast<void>(self.demonitor_flush(ref));
        return;
      }
    return;
  case 6:
    return self.exit(known.pid, reason::of(++known.sent));
  case 7:
    return self.send(known.pid, who, ++known.sent, std::string(draw(200'000), 'x'));
  case 8:
    me.requests[self.send_request(known.pid, 3s, 1)] = false;
    return;
  case 9:
    if (draw(8) == 0) {
      me.is_alive = false;
      process::exit(reason::of(bye));
    }
    return;
  default:
    return self.send(known.pid, who, ++known.sent);
  }
}

void world::deed() {
  constexpr unsigned kinds = 16;
  const auto i = draw(actors_.size());
  const auto j = draw(actors_.size());
  if (actors_[i].node == actors_[j].node || !actors_[i].is_alive)
    return;
  tell(actors_[i].local, [this, who = static_cast<int>(i), on = static_cast<int>(j),
                          what = static_cast<unsigned>(draw(kinds))](process& self) {
    act(who, on, what, self);
  });
}

void world::accident() {
  had_accidents_ = true;
  const auto i = draw(nodes_.size());
  const auto j = (i + 1 + draw(nodes_.size() - 1)) % nodes_.size();
  switch (draw(12)) {
  case 0:
    return nodes_.cut(i, j);
  case 1:
    return nodes_.hold(i, j);
  case 2:
    return nodes_.cluster(i).disconnect(stepped_cluster::name(j));
  case 3:
    return nodes_.net().cut_after(draw(3000));
  case 4:
    return nodes_.net().pieces_of(1 + draw(100));
  case 5:
  case 6:
  case 7:
    return nodes_.pass(std::chrono::milliseconds(draw(1500)));
  default:
    return nodes_.heal(i, j);
  }
}

void world::run(int deeds, bool with_accidents) {
  for (int i = 0; i < deeds; ++i) {
    deed();
    for (auto left = draw(12); left > 0; --left)
      nodes_.step();
    if (with_accidents && draw(10) == 0)
      accident();
  }
}

void world::finish() {
  const bool had_accidents = had_accidents_;
  nodes_.net().pieces_of(SIZE_MAX);
  for (std::size_t i = 0; i < nodes_.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      nodes_.heal(i, j);
  nodes_.advance(60s); // pauses end, and so do requests
  had_accidents_ = true;
  for (std::size_t i = 0; i < nodes_.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      nodes_.cut(i, j);
  nodes_.advance(10s);
  check_end(had_accidents);
  check_tables();
}

void world::check_end(bool had_accidents) {
  for (std::size_t i = 0; i < actors_.size(); ++i) {
    const auto& each = actors_[i];
    if (!each.is_alive)
      continue;
    const int number = static_cast<int>(i);
    for (const auto& [other, known] : each.others) {
      const auto& them = actors_[static_cast<std::size_t>(other)];
      if (known.is_linked && them.others.at(number).unlinks_made == 0)
        blame(number, "no exit of " + std::to_string(other));
      if (!had_accidents && known.heard != them.others.at(number).sent)
        blame(number, "did not hear all of " + std::to_string(other));
    }
    for (const auto& [ref, made] : each.monitors)
      if (made.is_active)
        blame(number, "no down of " + std::to_string(made.of));
    for (const auto& [ref, is_answered] : each.requests)
      if (!is_answered)
        blame(number, "no response");
  }
}

void world::check_tables() {
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    auto& hub = static_cast<runtime::distribution::hub&>(*nodes_.node(i).node().gate());
    for (auto* const node : hub.known_nodes())
      if (const auto left = node->its_peer().tied(); left > 0)
        blame(-1, std::to_string(left) + " ties are left with " + node->name() + " at "
                      + hub.name());
  }
  for (const auto& each : actors_) {
    if (!each.is_alive)
      continue;
    tell(each.local, [this](process& self) {
      const auto left = runtime::info(self);
      if (left.links.size() + left.monitors.size() + left.monitored_by.size() > 0)
        blame(-1, "has ties: " + to_string(left));
    });
  }
  nodes_.run_until_idle();
}

} // namespace tests::random_nodes
