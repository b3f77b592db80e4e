// The workers of the adapter, which other nodes know by pg, and the route to theirs.
#include "websock/phoenix/pubsub/pubsub.hpp"

#include "websock/channels/broadcast/broadcast_message.hpp"
#include "websock/phoenix/pubsub/broadcast_terms.hpp"
#include "websock/phoenix/pubsub/pool_watch.hpp"
#include "websock/phoenix/pubsub/shared_scope.hpp"
#include "websock/runtime/address/gen_call.hpp"
#include "websock/runtime/address/name_at.hpp"
#include "websock/runtime/distribution/cluster.hpp"
#include "websock/runtime/distribution/encoded_term.hpp"
#include "websock/runtime/distribution/terms/codec_runtime.hpp"
#include "websock/runtime/distribution/terms/codec_scalar.hpp"
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/process.hpp"
#include "websock/runtime/process/publication_routes.hpp"
#include "websock/runtime/process/running_shard.hpp"
#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/registry/pubsub.hpp"
#include "websock/runtime/supervisor/supervisor.hpp"

#include <algorithm>
#include <atomic>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace websock::phoenix {

namespace etf = runtime::etf;

using channels::broadcast_message;
using runtime::pid;
using runtime::term;

namespace {

constexpr auto forward = "forward_to_local";
constexpr auto to_channels = "Elixir.Phoenix.Channel.Server"; // dispatches Broadcasts
constexpr auto to_processes = "Elixir.Phoenix.PubSub";        // and everything else

[[nodiscard]] pubsub_options checked(pubsub_options options) {
  if (options.name.empty() || options.name.size() > 200)
    throw std::invalid_argument("pubsub_options.name: 1 to 200 octets");
  if (options.pool_size < 1 || options.pool_size > 64)
    throw std::invalid_argument("pubsub_options.pool_size: 1 to 64");
  if (options.broadcast_pool_size > options.pool_size)
    throw std::invalid_argument("pubsub_options.broadcast_pool_size: at most pool_size");
  if (options.broadcast_pool_size == 0)
    options.broadcast_pool_size = options.pool_size;
  return options;
}

/// `Elixir.MyApp.PubSub.Adapter`, `Elixir.MyApp.PubSub.Adapter_2` and so on: the groups,
/// and the names of the workers.
[[nodiscard]] std::vector<std::string> groups_of(const pubsub_options& options) {
  const auto first = "Elixir." + options.name + ".Adapter";
  std::vector<std::string> all{first};
  for (std::size_t i = 2; i <= options.pool_size; ++i)
    all.push_back(first + '_' + std::to_string(i));
  return all;
}

} // namespace

class pubsub::state {
public:
  state(runtime::node& of, pubsub_options its_options)
      : owner(of), options(checked(std::move(its_options))), groups(groups_of(options)),
        members(of.extension<shared_scope>().groups()) {}

  /// Where the messages of a process go, so that they arrive in their order.
  [[nodiscard]] const std::string& group() const noexcept {
    const auto* const here = runtime::detail::running_shard(owner);
    return groups[here == nullptr ? 0 : here->index() % options.broadcast_pool_size];
  }
  void warn_once(std::atomic<bool>& has_warned, std::string_view line) const {
    if (!has_warned.exchange(true))
      owner.log(runtime::log_level::warning, line);
  }

  runtime::node& owner;
  const pubsub_options options;
  const std::vector<std::string> groups;
  const runtime::process_group::scope members;
  std::atomic<std::uint64_t> received{0};
  std::atomic<std::uint64_t> unencodable{0};
  std::atomic<std::uint64_t> malformed{0};
  std::atomic<std::uint64_t> sent{0};
  std::atomic<std::uint64_t> lost{0};
  std::atomic<bool> has_told_of_payload{false};
};

/// A member of a group. Publishes on this node what the members elsewhere send it.
class pubsub::worker final : public runtime::behaviour {
public:
  worker(std::shared_ptr<state> all, std::string group)
      : all_(std::move(all)), group_(std::move(group)) {}

private:
  void on_start() override {
    self().register_name(group_);
    auto groups = all_->members;
    groups.join(group_, self().pid());
  }
  void on_message(term message) override {
    message.match([this](const etf::value& said) { take(said); },
                  [this](runtime::otherwise) { ++all_->malformed; });
  }
  void take(const etf::value& said) {
    const auto* const topic =
        said.is_tagged(forward, 4) ? said.elements()[1].get_if<etf::binary>() : nullptr;
    if (topic == nullptr)
      ++all_->malformed;
    else
      publish(topic->octets, said.elements()[2]);
  }
  void publish(const std::string& topic, const etf::value& what) {
    if (!is_broadcast(what))
      return publish_term(topic, what);
    if (auto broadcast = broadcast_from_etf(what))
      return publish_term(topic, *std::move(broadcast));
    ++all_->unencodable;
    all_->warn_once(all_->has_told_of_payload,
                    "phoenix: the payload of a broadcast is no JSON, and reaches nobody "
                    "here; topic \""
                        + topic + '"');
  }
  template <class T>
  void publish_term(const std::string& topic, T what) {
    ++all_->received;
    runtime::pubsub::detail::publish_arrived(self().node(), topic,
                                             runtime::term(std::move(what)));
  }

  const std::shared_ptr<state> all_;
  const std::string group_;
};

namespace {

/// What leaves, to each member of a group.
class forwarded final : public runtime::detail::departing_publication {
public:
  using counter = std::atomic<std::uint64_t>;

  forwarded(std::vector<pid> to, term message, std::shared_ptr<counter> sent,
            std::shared_ptr<counter> lost)
      : to_(std::move(to)), message_(std::move(message)), sent_(std::move(sent)),
        lost_(std::move(lost)) {}
  void leave() noexcept override {
    const std::unique_ptr<forwarded> guard(this);
    for (const auto& each : to_)
      send_to(each);
  }

private:
  void send_to(const pid& member) noexcept {
    try {
      runtime::send(member, message_);
      ++*sent_;
    } catch (...) { // no memory
      ++*lost_;
    }
  }

  const std::vector<pid> to_;
  const term message_;
  const std::shared_ptr<counter> sent_;
  const std::shared_ptr<counter> lost_;
};

/// {forward_to_local, Topic, Message, Dispatcher}. Throws not_transmissible.
[[nodiscard]] etf::value forwarding(std::string_view topic, etf::value message,
                                    const char* dispatcher) {
  return etf::tuple{{etf::atom{forward}, etf::binary{std::string(topic)},
                     std::move(message), etf::atom{dispatcher}}};
}

} // namespace

class pubsub::route final : public runtime::detail::publication_route {
public:
  explicit route(std::shared_ptr<state> all) : all_(std::move(all)) {}

  std::unique_ptr<runtime::detail::departing_publication>
  departing(std::string_view topic, const term& message) override {
    auto leaving = made(topic, message);
    auto to = members_elsewhere();
    if (!leaving || to.empty())
      return nullptr;
    return std::make_unique<forwarded>(std::move(to), *std::move(leaving), sent(),
                                       lost());
  }
  bool publish_at(const std::string& where, std::string_view topic,
                  const term& message) override {
    const auto& group = all_->group();
    const auto all = all_->members.members(group);
    if (std::none_of(all.begin(), all.end(), [&](const pid& each) {
          return runtime::detail::node_of(each) == where;
        }))
      return false;
    if (auto leaving = made(topic, message)) {
      all_->owner.send(runtime::name_at{group, where}, *std::move(leaving));
      ++all_->sent;
    }
    return true;
  }

private:
  using counter = forwarded::counter;

  /// Encoded once for all members; nullopt without a cluster.
  [[nodiscard]] std::optional<term> made(std::string_view topic,
                                         const term& message) const {
    const auto* const broadcast = message.get_if<broadcast_message>();
    const auto what = broadcast == nullptr
                          ? runtime::distribution::encoded_term(all_->owner, message)
                          : runtime::distribution::encoded_term(
                              all_->owner, term(broadcast_to_etf(*broadcast)));
    if (!what)
      return std::nullopt;
    return term(
        forwarding(topic, *what, broadcast == nullptr ? to_processes : to_channels));
  }
  [[nodiscard]] std::vector<pid> members_elsewhere() const {
    auto all = all_->members.members(all_->group());
    std::erase_if(all, [this](const pid& each) {
      return !each.is_remote()
             || runtime::distribution::shares_topics(all_->owner,
                                                     runtime::detail::node_of(each));
    });
    return all;
  }
  [[nodiscard]] std::shared_ptr<counter> sent() const { return {all_, &all_->sent}; }
  [[nodiscard]] std::shared_ptr<counter> lost() const { return {all_, &all_->lost}; }

  const std::shared_ptr<state> all_;
};

pubsub::pubsub(runtime::node& owner, pubsub_options options)
    : owner_(owner), state_(std::make_shared<state>(owner, std::move(options))),
      route_(std::make_shared<route>(state_)) {
}

// Once the other constructor is done, the destructor undoes as much as there is.
pubsub::pubsub(runtime::node& owner, runtime::cluster& cluster, pubsub_options options)
    : pubsub(owner, std::move(options)) {
  start(cluster);
}

void pubsub::start(runtime::cluster& cluster) {
  runtime::supervisor_options all;
  for (const auto& group : state_->groups) {
    if (owner_.whereis(group))
      throw std::invalid_argument("pubsub_options.name: " + group + " is registered");
    all.children.push_back(runtime::child<worker>(group, {}, state_, group));
  }
  all.children.push_back(runtime::child<pool_watch>(
      "pool_watch", {}, state_->members, state_->options.name, state_->groups));
  all.gave_up = [&owner = owner_](const std::string& id, const runtime::exit_reason&) {
    owner.log(runtime::log_level::error,
              "phoenix: the worker " + id
                  + " ends again and again, and is not started any more");
  };
  scope_ = std::make_unique<scope_use>(owner_.extension<shared_scope>(), cluster);
  for (const auto& group : state_->groups)
    cluster.export_name(group);
  workers_ = owner_.spawn<runtime::supervisor>(std::move(all));
  owner_.extension<runtime::detail::publication_routes>().add(route_);
}

pubsub::~pubsub() {
  owner_.extension<runtime::detail::publication_routes>().remove(*route_);
  if (workers_)
    owner_.exit(workers_, runtime::reason::shutdown);
}

pubsub_figures pubsub::figures() const noexcept {
  return {.received = state_->received,
          .unencodable = state_->unencodable,
          .malformed = state_->malformed,
          .sent = state_->sent,
          .lost = state_->lost};
}

std::vector<std::string> pubsub::nodes() const {
  std::vector<std::string> all;
  for (const auto& group : state_->groups)
    for (const auto& each : state_->members.members(group))
      if (each.is_remote())
        all.emplace_back(runtime::detail::node_of(each));
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

} // namespace websock::phoenix
