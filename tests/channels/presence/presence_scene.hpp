// Nodes in a stepped cluster, each with a presence, and who follows a topic there.
#pragma once

#include "websock/channels/broadcast/broadcast_message.hpp"
#include "websock/channels/presence.hpp"
#include "websock/channels/presence_cluster.hpp"
#include "websock/runtime/pubsub.hpp"

#include "tests/distribution/stepped_cluster.hpp"
#include "tests/support/puppet.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace tests {

using websock::json;
using websock::channels::broadcast_message;
using websock::channels::presence;
using websock::channels::presence_options;

inline const std::string room = "room:1";

/// A diff in short: "+ada -eve", with the number of metas behind a key if it is not one.
[[nodiscard]] inline std::string in_short(const broadcast_message& diff) {
  const auto& payload = diff.body();
  std::string text;
  for (const auto& [what, sign] : {std::pair("joins", '+'), std::pair("leaves", '-')})
    for (const auto& [key, each] : payload[what].items()) {
      text += (text.empty() ? "" : " ") + (sign + key);
      if (const auto count = each["metas"].size(); count != 1)
        text += std::to_string(count);
    }
  return text;
}

class presence_scene {
public:
  explicit presence_scene(std::uint64_t seed, std::size_t count = 2,
                          const stepped_cluster::change& adjust = {},
                          presence_options options = {})
      : nodes(seed, count, adjust), options_(std::move(options)), people_(count) {
    for (std::size_t i = 0; i < count; ++i) {
      followers_.push_back(std::make_unique<tester>(nodes.node(i), nodes));
      followers_.back()->in_process(
          [](process& self) { runtime::pubsub::subscribe(self, room); });
      start(i);
    }
    join_all();
  }

  [[nodiscard]] presence& people(std::size_t i) { return *people_.at(i); }
  [[nodiscard]] tester& follower(std::size_t i) { return *followers_.at(i); }
  /// A presence on that node, in its cluster.
  void start(std::size_t i) {
    people_[i] = std::make_unique<presence>(nodes.node(i).node(), options_);
    websock::channels::join_cluster(*people_[i], nodes.cluster(i));
  }
  /// In good order.
  void stop(std::size_t i) {
    people_[i].reset();
    nodes.run_until_idle();
  }
  /// As by kill -9, and then another life of the node.
  void kill_and_restart(std::size_t i) {
    for (std::size_t j = 0; j < nodes.size(); ++j)
      if (j != i)
        nodes.cut(i, j);
    nodes.leave(i);
    stop(i);
    for (const auto& each : std::exchange(processes_[i], {}))
      nodes.node(i).node().exit(each, runtime::reason::kill);
    nodes.run_until_idle();
    nodes.rejoin(i);
    nodes.run_until_idle();
    start(i);
  }
  /// Both have noticed.
  void cut(std::size_t i, std::size_t j) {
    nodes.cut(i, j);
    nodes.run_until_idle();
  }
  void join_all() {
    for (std::size_t i = 0; i < nodes.size(); ++i)
      for (std::size_t j = 0; j < i; ++j) {
        nodes.heal(i, j);
        nodes.cluster(i).connect(stepped_cluster::name(j));
      }
    nodes.run_until_idle();
  }

  /// A process that is present on that node.
  pid track(std::size_t i, const std::string& key, const json& meta = json::object()) {
    auto who = nodes.node(i).spawn<puppet>();
    people(i).track(who, room, key, meta);
    processes_[i].push_back(who);
    return who;
  }
  static void end(const pid& who) {
    runtime::send(who, task{[](process&) { process::exit(runtime::reason::normal); }});
  }

  /// The diffs of the topic on that node within `limit`.
  [[nodiscard]] lines diffs(std::size_t i, runtime::duration limit = 1ms) {
    lines all;
    follower(i).sleep(limit);
    while (const auto each = follower(i).receive(
               runtime::duration::zero(),
               [](const broadcast_message& diff) { return in_short(diff); }))
      all.push_back(*each);
    return all;
  }
  void skip(std::size_t i) { static_cast<void>(diffs(i)); }

  stepped_cluster nodes;

private:
  const presence_options options_;
  std::vector<std::unique_ptr<tester>> followers_;
  std::vector<std::unique_ptr<presence>> people_;
  std::map<std::size_t, std::vector<pid>> processes_;
};

} // namespace tests
