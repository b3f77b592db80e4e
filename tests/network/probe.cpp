// What a probe does with each line and each message.
#include "tests/network/probe.hpp"

#include "websock/runtime/send.hpp"

#include "tests/network/senders.hpp"
#include "tests/network/tell.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace network {

namespace {

constexpr const char* group = "all";

[[nodiscard]] std::int64_t now_ns() {
  return std::chrono::steady_clock::now().time_since_epoch().count();
}

[[nodiscard]] double milliseconds(std::int64_t nanoseconds) {
  return static_cast<double>(nanoseconds) / 1e6;
}

} // namespace

void probe::on_start() {
  self().trap_exit(true);
  self().register_name("probe");
  static_cast<void>(groups_.monitor_scope(self()));
  groups_.join(group, self().pid());
}

void probe::on_message(runtime::term message) {
  if (const auto* what = message.get_if<command>())
    return obey(*what);
  if (!takes_signal(message) && !takes_request(message) && !takes_answer(message))
    tell("unknown", to_string(message));
}

bool probe::takes_signal(const runtime::term& message) {
  const auto each = [](const char* what, const std::vector<runtime::pid>& all) {
    for (const auto& who : all)
      if (who.is_remote())
        tell(what, node_of(who));
  };
  return message.match(
      [&](const runtime::exit_signal& signal) { return ties_.take(signal), true; },
      [&](const runtime::down& signal) {
        if (const auto watched = watched_.extract(signal.ref))
          tell("gone", watched.mapped(), to_string(signal.reason));
        else
          ties_.take(signal);
        return true;
      },
      [](const runtime::node_up& event) { return tell("up", event.node), true; },
      [](const runtime::node_down& event) { return tell("down", event.node), true; },
      [&](const runtime::process_group::joined& event) {
        return each("joined", event.pids), true;
      },
      [&](const runtime::process_group::left& event) {
        return each("left", event.pids), true;
      },
      [](runtime::otherwise) { return false; });
}

bool probe::takes_request(const runtime::term& message) {
  return message.match(
      [&](const who_is& asked) {
        return runtime::send(asked.from, i_am{self().pid()}), true;
      },
      [&](const ping& one) {
        return runtime::send(one.from, pong{self().pid(), one.number}), true;
      },
      [&](const populate& wanted) {
        crowd made;
        for (std::int64_t i = 0; i < wanted.count; ++i)
          made.all.push_back(self().spawn<idler>());
        return runtime::send(wanted.from, std::move(made)), true;
      },
      [&](const bulk& one) {
        runtime::send(one.from,
                      got{self().pid(), static_cast<std::int64_t>(one.octets.size())});
        return true;
      },
      [&](const numbered& one) { return count(one), true; },
      [](const said_before& one) { return tell("said", one.who, one.text), true; },
      [](const said_now& one) { return tell("said", one.who, one.text, one.mood), true; },
      [](runtime::otherwise) { return false; });
}

bool probe::takes_answer(const runtime::term& message) {
  return message.match([&](const i_am& told) { return keep(told.who), true; },
                       [&](const crowd& there) {
                         ties_.make(self(), there.all);
                         return tell("tied", node_of(there.all.front())), true;
                       },
                       [&](const pong& answer) {
                         const auto node = node_of(answer.from);
                         auto& going = hauls_[node];
                         if (!going.goes_on)
                           return tell("answer", node, answer.number), true;
                         going.took_ns.push_back(now_ns() - going.sent_ns);
                         return ping_once(node), true;
                       },
                       [&](const got& all) { return tell_haul(all), true; },
                       [](runtime::otherwise) { return false; });
}

void probe::obey(const command& what) {
  const auto& words = what.words;
  const auto& verb = words.at(0);
  const auto node = words.size() > 1 ? words[1] : std::string();
  const runtime::name_at there("probe", node);
  if (verb == "keep")
    self().send(there, who_is{self().pid()});
  else if (verb == "ask")
    runtime::send(kept_.at(node), ping{self().pid(), std::stoll(words.at(2))});
  else if (verb == "watch")
    watched_.emplace(self().monitor(kept_.at(node)), node);
  else if (verb == "tie")
    self().send(there, populate{self().pid(), std::stoll(words.at(2))});
  else if (verb == "stream")
    streamers_[node] = self().spawn<streamer>(kept_.at(node));
  else if (verb == "end")
    runtime::send(streamers_.at(node), streamer::stop{});
  else if (verb == "count")
    tell("counted", node, heard_[node].count, heard_[node].last);
  else if (verb == "large")
    haul_to(node, std::stoull(words.at(2)));
  else if (verb == "say")
    say(node, words.at(2), words.at(3));
  else if (verb == "members")
    tell_members();
  else
    tell("unknown", verb);
}

void probe::say(const std::string& node, const std::string& who,
                const std::string& text) {
  const runtime::name_at there("probe", node);
  if (build_ == build::before)
    self().send(there, said_before{who, text});
  else
    self().send(there, said_now{who, text, "happy"});
}

void probe::keep(const runtime::pid& who) {
  const auto node = node_of(who);
  auto& kept = kept_[node];
  tell("kept", node, !kept ? "new" : kept == who ? "same" : "other");
  kept = who;
}

void probe::count(const numbered& one) {
  const auto node = node_of(one.from);
  auto& heard = heard_[node];
  if (heard.from != one.from)
    heard = {one.from};
  if (one.number <= heard.last)
    tell("disorder", node, heard.last, one.number);
  ++heard.count;
  heard.last = one.number;
}

void probe::tell_members() const {
  std::vector<std::string> nodes;
  for (const auto& each : groups_.members(group))
    if (each.is_remote())
      nodes.push_back(node_of(each));
  std::sort(nodes.begin(), nodes.end());
  std::string all;
  for (const auto& each : nodes)
    all += " " + each;
  tell("members" + all);
}

void probe::haul_to(const std::string& node, std::size_t octets) {
  hauls_[node] = {};
  hauls_[node].goes_on = true;
  self().spawn<hauler>(kept_.at(node), self().pid(), octets);
  ping_once(node);
}

void probe::ping_once(const std::string& node) {
  auto& going = hauls_[node];
  going.sent_ns = now_ns();
  runtime::send(kept_.at(node), ping{self().pid(), 0});
}

void probe::tell_haul(const got& all) {
  const auto node = node_of(all.from);
  auto over = std::exchange(hauls_[node], {});
  auto& took = over.took_ns;
  took.push_back(now_ns() - over.sent_ns); // the one that is under way
  std::sort(took.begin(), took.end());
  tell("large", node, all.octets, took.size(), milliseconds(took[took.size() / 2]),
       milliseconds(took.back()));
}

} // namespace network
