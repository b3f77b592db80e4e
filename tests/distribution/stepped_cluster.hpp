// Two or three nodes in a cluster without threads: a test steps them, the network between
// them and the clock that they share.
#pragma once

#include "websock/runtime/cluster.hpp"
#include "websock/runtime/distribution/hub.hpp"
#include "websock/runtime/distribution/testing/loopback.hpp"
#include "websock/runtime/testing/stepped_node.hpp"
#include "websock/runtime/testing/tester.hpp"

#include "tests/distribution/cluster_pair.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace tests {

/// The network of one host, whose own address is 127.0.0.1 there, too.
class host_network final : public runtime::distribution::network {
public:
  host_network(runtime::distribution::testing::loopback& all, std::string host)
      : all_(all.at(host)), host_(std::move(host)) {}

  [[nodiscard]] std::unique_ptr<runtime::distribution::dialling>
  dial(runtime::shard& home, runtime::distribution::dial_target target,
       runtime::distribution::dialling::ready done) override {
    if (target.host == "127.0.0.1")
      target.host = host_;
    return all_.dial(home, std::move(target), std::move(done));
  }
  [[nodiscard]] std::unique_ptr<runtime::distribution::listening>
  listen(runtime::shard& home, const runtime::distribution::listen_options& options,
         runtime::distribution::listening::events& owner) override {
    return all_.listen(home, options, owner);
  }

private:
  runtime::distribution::network& all_;
  const std::string host_;
};

/// Nodes a, b and c, each on a host with an epmd of its own. They connect when something
/// is sent.
class stepped_cluster final : public runtime::testing::steppable {
public:
  using change = std::function<void(std::size_t, runtime::cluster_options&)>;

  /// `adjust` is called with the options of each node.
  explicit stepped_cluster(std::uint64_t seed, std::size_t nodes = 2, change adjust = {})
      : adjust_(std::move(adjust)), random_(seed), net_(seed) {
    for (std::size_t i = 0; i < nodes; ++i) {
      nodes_.push_back(std::make_unique<runtime::testing::stepped_node>(seed + i));
      clusters_.push_back(join(i));
    }
    run_until_idle();
  }
  ~stepped_cluster() override {
    for (auto& each : clusters_)
      each.reset();
    run_until_idle();
  }

  [[nodiscard]] static std::string host(std::size_t i) {
    return "127.0.0." + std::to_string(i + 2); // epmd trusts loopback addresses alone
  }
  [[nodiscard]] static std::string name(std::size_t i) {
    return static_cast<char>('a' + i) + ('@' + host(i));
  }
  [[nodiscard]] std::size_t size() const noexcept { return nodes_.size(); }
  [[nodiscard]] runtime::testing::stepped_node& node(std::size_t i) { return *nodes_[i]; }
  [[nodiscard]] runtime::cluster& cluster(std::size_t i) { return *clusters_[i]; }
  [[nodiscard]] runtime::distribution::testing::loopback& net() { return net_; }
  /// Ends the part of a node in the cluster, but not the node.
  void leave(std::size_t i) { clusters_[i].reset(); }
  /// Joins it again, after `leave`: to the others it is another life of the node.
  void rejoin(std::size_t i) { clusters_[i] = join(i); }
  void cut(std::size_t i, std::size_t j) { net_.cut(host(i), host(j)); }
  void hold(std::size_t i, std::size_t j) { net_.hold(host(i), host(j)); }
  void heal(std::size_t i, std::size_t j) { net_.heal(host(i), host(j)); }

  bool step() override {
    const auto count = nodes_.size() + 1;
    const auto first = random_() % count;
    for (std::size_t i = 0; i < count; ++i) {
      const auto which = (first + i) % count;
      if (which == nodes_.size() ? net_.step() : nodes_[which]->step())
        return true;
    }
    return false;
  }
  [[nodiscard]] runtime::time_point now() const noexcept override {
    return nodes_.front()->now();
  }
  [[nodiscard]] std::optional<runtime::time_point> next_deadline() const override {
    std::optional<runtime::time_point> next;
    for (const auto& each : nodes_)
      if (const auto due = each->next_deadline(); due && (!next || *due < *next))
        next = due;
    return next;
  }
  void pass(runtime::duration time) noexcept override {
    for (const auto& each : nodes_)
      each->pass(time);
  }

private:
  [[nodiscard]] std::unique_ptr<runtime::cluster> join(std::size_t i) {
    auto options = member::options(name(i), cookie_, 4369);
    if (adjust_)
      adjust_(i, options);
    const auto reach = std::make_shared<host_network>(net_, host(i));
    return std::make_unique<runtime::cluster>(
        node(i), std::move(options), runtime::distribution::hub_networks{reach, reach});
  }

  const change adjust_;
  const cookie_file cookie_;
  std::minstd_rand random_;
  runtime::distribution::testing::loopback net_;
  std::vector<std::unique_ptr<runtime::testing::stepped_node>> nodes_;
  std::vector<std::unique_ptr<runtime::cluster>> clusters_;
};

} // namespace tests
