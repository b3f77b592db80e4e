// Presences of several nodes without processes: a test moves each message, cuts nodes
// off, ends and restarts them.
#pragma once

#include "websock/channels/presence/presence_state.hpp"

#include "tests/catch.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace tests {

using namespace std::chrono_literals;
namespace channels = websock::channels;
namespace message = websock::channels::presence_message;

/// Topic, key and meta of each entry. In these tests no two metas are equal.
using presences = std::set<std::tuple<std::string, std::string, std::string>>;

[[nodiscard]] inline presences seen_by(const channels::presence_view& view,
                                       const std::vector<std::string>& topics) {
  presences all;
  for (const auto& topic : topics)
    for (const auto& [key, metas] : view.list(topic))
      for (const auto& each : metas)
        all.emplace(topic, key, *each);
  return all;
}

[[nodiscard]] inline channels::meta_text meta(const std::string& phx_ref) {
  return std::make_shared<const std::string>(R"({"phx_ref":")" + phx_ref + "\"}");
}

class presence_nodes {
public:
  static inline const std::vector<std::string> topics{"room:1", "room:2"};

  explicit presence_nodes(std::size_t count, const channels::presence_limits& limits = {})
      : limits_(limits), nodes_(count) {
    for (std::size_t i = 0; i < count; ++i)
      start(i);
  }

  [[nodiscard]] std::size_t size() const noexcept { return nodes_.size(); }
  [[nodiscard]] static std::string name(std::size_t i) {
    return std::string(1, static_cast<char>('a' + i)) + "@host";
  }
  [[nodiscard]] channels::presence_state& at(std::size_t i) { return *nodes_[i].state; }
  [[nodiscard]] bool is_alive(std::size_t i) const { return nodes_[i].state != nullptr; }
  [[nodiscard]] websock::runtime::time_point now() const noexcept { return now_; }

  // What the application does.
  void track(std::size_t i, message::number local, const std::string& topic,
             const std::string& key) {
    const auto text = meta(std::to_string(++refs_));
    if (at(i).track(local, {topic, key, text}))
      nodes_[i].model[{local, topic, key}] = *text;
    check(i);
  }
  void update(std::size_t i, message::number local, const std::string& topic,
              const std::string& key) {
    const auto text = meta(std::to_string(++refs_));
    if (at(i).update(local, topic, key, text))
      nodes_[i].model[{local, topic, key}] = *text;
    check(i);
  }
  void untrack(std::size_t i, message::number local, const std::string& topic,
               const std::string& key) {
    at(i).untrack(local, topic, key);
    nodes_[i].model.erase({local, topic, key});
    check(i);
  }
  void untrack_all(std::size_t i, message::number local) {
    at(i).untrack_all(local);
    std::erase_if(nodes_[i].model,
                  [&](const auto& each) { return std::get<0>(each.first) == local; });
    check(i);
  }

  // What happens to nodes and connections.
  void start(std::size_t i) {
    nodes_[i].state = std::make_unique<channels::presence_state>(
        name(i), ++creations_, limits_, channels::presence_periods{});
    nodes_[i].told.clear();
  }
  void kill(std::size_t i) {
    nodes_[i].state.reset();
    nodes_[i].model.clear();
    for (std::size_t j = 0; j < size(); ++j)
      cut(i, j);
  }
  /// In good order.
  void stop(std::size_t i) {
    for (std::size_t j = 0; j < size(); ++j)
      if (is_linked(i, j)) {
        at(j).take(at(i).farewell(), now_);
        check(j);
      }
    kill(i);
  }
  void cut(std::size_t i, std::size_t j) {
    if (linked_.erase(std::minmax(i, j)) == 0)
      return;
    for (const auto& [from, to] : {std::pair(i, j), std::pair(j, i)}) {
      under_way_[{from, to}].clear();
      if (is_alive(to)) {
        at(to).node_down(name(from), now_);
        check(to);
      }
    }
  }
  void join(std::size_t i, std::size_t j) {
    if (i == j || !is_alive(i) || !is_alive(j)
        || !linked_.insert(std::minmax(i, j)).second)
      return;
    at(i).node_up(name(j));
    at(j).node_up(name(i));
  }
  void join_all() {
    for (std::size_t i = 0; i < size(); ++i)
      for (std::size_t j = 0; j < i; ++j)
        join(i, j);
  }
  [[nodiscard]] bool is_linked(std::size_t i, std::size_t j) const {
    return linked_.contains(std::minmax(i, j));
  }

  // How messages move.
  bool send_one(std::size_t from, std::size_t to) {
    if (!is_linked(from, to))
      return false;
    auto said = at(from).next_message(name(to));
    if (!said)
      return false;
    ++messages;
    if (on_message)
      on_message(*said);
    under_way_[{from, to}].push_back(std::move(*said));
    return true;
  }
  bool deliver_one(std::size_t from, std::size_t to) {
    auto& queue = under_way_[{from, to}];
    if (queue.empty())
      return false;
    at(to).take(queue.front(), now_);
    queue.pop_front();
    check(to);
    return true;
  }
  bool lose_one(std::size_t from, std::size_t to) {
    auto& queue = under_way_[{from, to}];
    if (queue.empty())
      return false;
    queue.pop_front();
    return true;
  }
  /// Whether something was sent or delivered between two different nodes.
  bool move_one(std::size_t from, std::size_t to) {
    if (from == to)
      return false;
    const bool is_sent = send_one(from, to);
    return deliver_one(from, to) || is_sent;
  }
  void settle() {
    for (bool moved = true; moved;) {
      moved = false;
      for (std::size_t i = 0; i < size(); ++i)
        for (std::size_t j = 0; j < size(); ++j)
          moved = move_one(i, j) || moved;
    }
  }
  void pass(websock::runtime::duration time) { now_ += time; }
  void tick(std::size_t i) {
    at(i).tick(now_);
    check(i);
  }
  /// Heartbeats of all, and what follows.
  void beat(std::size_t times = 1) {
    while (times-- > 0) {
      pass(channels::presence_periods{}.heartbeat);
      for (std::size_t i = 0; i < size(); ++i)
        if (is_alive(i))
          tick(i);
      settle();
    }
  }

  /// What is really there.
  [[nodiscard]] presences model() const {
    presences all;
    for (const auto& each : nodes_)
      for (const auto& [at, text] : each.model)
        all.emplace(std::get<1>(at), std::get<2>(at), text);
    return all;
  }
  [[nodiscard]] presences seen(std::size_t i) {
    return seen_by(std::as_const(at(i)).view(), topics);
  }
  /// Who follows the diffs of node i knows the same as who asks it; and no diff is wrong.
  void check(std::size_t i) {
    auto& told = nodes_[i].told;
    for (const auto& in : at(i).view().take_changes()) {
      for (const auto& [key, text] : in.leaves)
        REQUIRE(told.erase({in.topic, key, *text}) == 1);
      for (const auto& [key, text] : in.joins)
        REQUIRE(told.emplace(in.topic, key, *text).second);
      joins += in.joins.size();
      leaves += in.leaves.size();
    }
  }
  [[nodiscard]] const presences& told(std::size_t i) const { return nodes_[i].told; }

  std::size_t messages = 0;
  std::size_t joins = 0; // in all diffs of all nodes
  std::size_t leaves = 0;
  std::function<void(const message::any&)> on_message{};

private:
  struct node {
    std::unique_ptr<channels::presence_state> state;
    std::map<std::tuple<message::number, std::string, std::string>, std::string> model;
    presences told;
  };

  const channels::presence_limits limits_;
  std::vector<node> nodes_;
  std::set<std::pair<std::size_t, std::size_t>> linked_;
  std::map<std::pair<std::size_t, std::size_t>, std::deque<message::any>> under_way_;
  websock::runtime::time_point now_{1h};
  message::number creations_ = 0;
  std::uint64_t refs_ = 0;
};

} // namespace tests
