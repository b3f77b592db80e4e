// Nodes of a cluster with rooms that keep what is said, and pages that change between
// them.
#pragma once

#include "websock/channels/broadcast/broadcast.hpp"
#include "websock/channels/broadcast/topic_histories.hpp"

#include "tests/channels/socket_lab.hpp"
#include "tests/distribution/stepped_cluster.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace tests {

/// Up to three nodes whose rooms keep what is said there.
struct joined_nodes {
  explicit joined_nodes(std::size_t count, std::uint64_t seed = any_schedule(),
                        websock::topic_options options = {.history = 100})
      : nodes(seed, count) {
    for (std::size_t i = 0; i < count; ++i) {
      node(i).extension<websock::channels::topic_histories>().add(at[i].of.get(),
                                                                  "room:*", options);
      for (std::size_t j = 0; j < i; ++j)
        nodes.cluster(i).connect(stepped_cluster::name(j));
    }
    nodes.run_until_idle();
  }

  [[nodiscard]] runtime::node& node(std::size_t i) { return nodes.node(i).node(); }
  void say(std::size_t i, int n) {
    websock::channels::broadcast(node(i), "room:a", "said", {{"n", n}});
  }

  std::array<scripted_endpoint, 3> at; // outlive the nodes' processes
  stepped_cluster nodes;
};

/// What a page with phoenix.js does: it remembers the last `recover`.
class visitor {
public:
  explicit visitor(joined_nodes& on) : on_(on) {}

  void come(std::size_t node) {
    client_.emplace(on_.at[node].connect(on_.nodes.node(node)));
    read_ = 0;
    auto params = json::object();
    if (!last_.is_null())
      params["recover"] = last_;
    client_->text(json::array({"1", "1", "room:a", "phx_join", params}).dump());
    has_answer_ = false;
    at_ = node;
  }
  /// What has not arrived yet is lost.
  void go() {
    read();
    client_->reset();
    client_.reset();
  }
  void read() {
    const auto all = client_->texts();
    for (; read_ < all.size(); ++read_)
      take(json::parse(all[read_]));
  }

  [[nodiscard]] bool is_here() const { return client_.has_value(); }
  [[nodiscard]] bool has_answer() const { return has_answer_; }
  [[nodiscard]] bool has_recovered() const { return has_recovered_; }
  [[nodiscard]] std::size_t at() const { return at_; }
  [[nodiscard]] json& last() { return last_; }
  /// Since the last join that was not recovered.
  [[nodiscard]] const std::vector<int>& numbers() const { return numbers_; }

private:
  void take(const json& frame) {
    const auto& body = frame.at(4);
    if (frame.at(3) == "phx_reply") {
      has_answer_ = true;
      has_recovered_ = body.at("response").at("recovered");
      last_ = body.at("response").at("recover");
      if (!has_recovered_)
        numbers_.clear();
    } else if (frame.at(3) == "said") {
      numbers_.push_back(body.at("n"));
      last_ = body.at("recover");
    }
  }

  joined_nodes& on_;
  std::optional<websock::testing::client> client_;
  std::size_t read_ = 0;
  std::size_t at_ = 0;
  bool has_answer_ = false;
  bool has_recovered_ = false;
  json last_;
  std::vector<int> numbers_;
};

/// Comes, and gets everything.
inline void visit(visitor& who, joined_nodes& on, std::size_t node) {
  who.come(node);
  on.nodes.run_until_idle();
  who.read();
  REQUIRE(who.has_answer());
}
inline void settle(visitor& who, joined_nodes& on) {
  on.nodes.run_until_idle();
  who.read();
}

} // namespace tests
