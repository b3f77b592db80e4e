// Counts the groups in which each node has a worker.
#include "websock/phoenix/pubsub/pool_watch.hpp"

#include "websock/runtime/address/gen_call.hpp"
#include "websock/runtime/distribution/encoded_term.hpp"
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/process.hpp"

#include <chrono>
#include <set>
#include <utility>

namespace websock::phoenix {

namespace {

constexpr std::chrono::seconds settled{5}; // a start of an application takes less

} // namespace

pool_watch::pool_watch(runtime::process_group::scope members, std::string pubsub,
                       std::vector<std::string> ours)
    : members_(std::move(members)), pubsub_(std::move(pubsub)), ours_(std::move(ours)) {
}

void pool_watch::on_start() {
  static_cast<void>(members_.monitor_scope(self()));
  look_later(ours_.front());
}

void pool_watch::on_message(runtime::term message) {
  namespace process_group = runtime::process_group;
  message.match([this](const process_group::joined& now) { look_later(now.group); },
                [this](const process_group::left& now) { look_later(now.group); },
                [this](look) { tell_of_others(); }, [](runtime::otherwise) {});
}

void pool_watch::look_later(std::string_view group) {
  if (!is_of_pool(group))
    return;
  if (timer_)
    self().cancel_timer(*timer_);
  timer_ = self().send_after(settled, self(), look{});
}

void pool_watch::tell_of_others() {
  timer_.reset();
  auto others = other_sizes();
  std::erase_if(others, [this](const auto& each) { return each.second == ours_.size(); });
  for (const auto& [node, size] : others)
    if (const auto before = told_.find(node);
        before == told_.end() || before->second != size)
      self().node().log(runtime::log_level::warning,
                        "phoenix: " + node + " has " + std::to_string(size)
                            + " workers of " + pubsub_ + ", and this node "
                            + std::to_string(ours_.size())
                            + ": what goes by one that the other lacks is lost; make "
                              "pool_size the same");
  told_ = std::move(others);
}

bool pool_watch::is_of_pool(std::string_view group) const {
  const auto& first = ours_.front();
  if (!group.starts_with(first))
    return false;
  group.remove_prefix(first.size());
  return group.empty()
         || (group.size() > 1 && group.front() == '_'
             && group.find_first_not_of("0123456789", 1) == std::string_view::npos);
}

// Nodes that share topics publish by the cluster, whatever their pools are.
pool_watch::sizes pool_watch::other_sizes() const {
  sizes all;
  for (const auto& group : members_.which_groups()) {
    if (!is_of_pool(group))
      continue;
    std::set<std::string> nodes;
    for (const auto& each : members_.members(group))
      if (each.is_remote())
        nodes.emplace(runtime::detail::node_of(each));
    for (const auto& each : nodes)
      if (!runtime::distribution::shares_topics(self().node(), each))
        ++all[each];
  }
  return all;
}

} // namespace websock::phoenix
