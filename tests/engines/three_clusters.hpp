// Three nodes, each connected with the two others.
#pragma once

#include "websock/runtime/cluster.hpp"

#include "tests/distribution/cluster_pair.hpp"
#include "tests/engines/engine_lab.hpp"

#include <array>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace tests {

enum class topics : bool { kept, shared };

class three_clusters {
public:
  explicit three_clusters(topics are) : topics_(are) {
    for (std::size_t i = 0; i < nodes_.size(); ++i)
      join(i);
  }

  [[nodiscard]] static std::string name(std::size_t i) {
    return std::string(1, static_cast<char>('a' + i)) + "@127.0.0.1";
  }
  [[nodiscard]] std::size_t size() const { return nodes_.size(); }
  [[nodiscard]] runtime::node& node(std::size_t i) { return nodes_.at(i).node; }
  [[nodiscard]] runtime::cluster& cluster(std::size_t i) { return *nodes_.at(i).cluster; }
  void join(std::size_t i) {
    auto options = member::options(name(i), cookie_, epmd_);
    options.shares_topics = topics_ == topics::shared;
    nodes_.at(i).cluster.emplace(node(i), std::move(options));
  }
  void leave(std::size_t i) { nodes_.at(i).cluster.reset(); }

  /// Ends all connections.
  void disconnect() {
    for_each_pair([this](std::size_t i, std::size_t j) {
      cluster(i).disconnect(name(j));
      wait_until([&] { return !is_connected(i, j) && !is_connected(j, i); });
    });
  }
  /// Until `is_joined(i, j)` for each two nodes. They try again: a node that was
  /// connected a moment ago may be in its pause.
  void connect(const std::function<bool(std::size_t, std::size_t)>& is_joined) {
    for_each_pair([&](std::size_t i, std::size_t j) {
      wait_until([&] {
        if (!is_connected(i, j))
          cluster(i).connect(name(j));
        return is_joined(i, j) && is_joined(j, i);
      });
    });
  }
  [[nodiscard]] bool is_connected(std::size_t i, std::size_t j) {
    return peer(i, j).is_connected;
  }
  /// What node i knows of node j.
  [[nodiscard]] runtime::peer_info peer(std::size_t i, std::size_t j) {
    for (auto& each : cluster(i).peers())
      if (each.name == name(j))
        return each;
    return {};
  }

private:
  struct seat {
    runtime::node node{two_shards()};
    std::optional<runtime::cluster> cluster;
  };

  template <class F>
  void for_each_pair(F work) {
    for (std::size_t i = 1; i < nodes_.size(); ++i)
      for (std::size_t j = 0; j < i; ++j)
        work(i, j);
  }

  const topics topics_;
  const cookie_file cookie_;
  const std::uint16_t epmd_ = free_port();
  std::array<seat, 3> nodes_;
};

} // namespace tests
