// What programs see of the hub.
#include "cluster.hpp"

#include "../process/node.hpp"
#include "../process/publication_routes.hpp"
#include "../process/run_on_shard.hpp"
#include "../table/rollback.hpp"
#include "../time/deadline.hpp"
#include "carrier/socket_network.hpp"
#include "handshake/cookie.hpp"
#include "hub.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <future>
#include <mutex>
#include <stdexcept>
#include <utility>
#include <vector>

namespace websock::runtime {

using distribution::cookie;
using distribution::hub;
using distribution::hub_networks;
using distribution::known_node;
using distribution::peer;

namespace {

[[nodiscard]] cookie cookie_of(const cluster_options& options) {
  return options.cookie_file.empty()
             ? cookie::from_environment(options.cookie_variable,
                                        "cluster_options.cookie_variable")
             : cookie::from_file(options.cookie_file, "cluster_options.cookie_file");
}

[[nodiscard]] hub_networks sockets_for(const cluster_options& options) {
  std::shared_ptr<const distribution::tls_identity> identity;
  if (options.tls)
    identity = std::make_shared<const distribution::tls_identity>(distribution::tls_files{
        options.tls->certificate_file, options.tls->key_file, options.tls->ca_file});
  return {std::make_shared<distribution::socket_network>(identity),
          std::make_shared<distribution::socket_network>()};
}

[[nodiscard]] std::shared_ptr<hub> make_hub(node& owner, const cluster_options& options,
                                            hub_networks networks) {
  return std::make_shared<hub>(owner, options, cookie_of(options), std::move(networks));
}

/// The hubs of a node: its processes may be using one that is being left.
class past_and_present {
public:
  explicit past_and_present(node&) {}
  /// Throws std::logic_error while there is one already.
  void begin(const hub& made) {
    const std::lock_guard lock(mutex_);
    if (present_ != nullptr)
      throw std::logic_error("cluster: this node is " + present_->name()
                             + " already, and a node has one cluster at a time");
    present_ = &made;
  }
  void end() noexcept {
    const std::lock_guard lock(mutex_);
    present_ = nullptr;
  }
  void keep(std::shared_ptr<hub> joined) {
    const std::lock_guard lock(mutex_);
    all_.push_back(std::move(joined));
  }

private:
  std::mutex mutex_; // clusters are made on any thread
  const hub* present_ = nullptr;
  std::vector<std::shared_ptr<hub>> all_;
};

constexpr std::chrono::milliseconds look{100}; // at whether the node stops

void check_goes_on(const node& owner) {
  if (owner.stops())
    throw std::logic_error("cluster: the node stops, or has stopped");
}

[[nodiscard]] cluster_options checked(cluster_options options) {
  distribution::validate(options);
  return options;
}

} // namespace

cluster::cluster(runtime::node& owner, cluster_options options)
    : hub_(make_hub(owner, checked(options), sockets_for(options))) {
  start();
}

cluster::cluster(runtime::node& owner, cluster_options options, hub_networks networks)
    : hub_(make_hub(owner, checked(std::move(options)), std::move(networks))) {
  start();
}

namespace {

/// Runs `start` on the shard; throws here what it throws there.
template <class F>
void start_on(shard& home, F start) {
  std::exception_ptr failed;
  run_on_shard(home, [&] {
    try {
      start();
    } catch (...) {
      failed = std::current_exception();
    }
  });
  if (failed)
    std::rethrow_exception(failed);
}

} // namespace

void cluster::start() {
  auto& owner = hub_->owner();
  if (owner.runs_here())
    throw std::logic_error("cluster: it waits for the shard that would make it");
  check_goes_on(owner);
  auto& hubs = owner.extension<past_and_present>();
  hubs.begin(*hub_);
  detail::rollback closed([&] {
    close();
    hubs.end();
  });
  const auto registered = std::make_shared<std::promise<std::string>>();
  start_on(hub_->home(), [&] {
    hub_->start();
    port_ = hub_->port();
    hub_->when_registered(
        [registered](std::string why) { registered->set_value(std::move(why)); });
  });
  if (owner.is_running()) // a node that a test steps gets no answer before it is stepped
    check_registered(registered->get_future());
  check_goes_on(owner);
  hubs.keep(hub_);
  owner.extension<detail::publication_routes>().add_last(hub_);
  owner.set_gate(hub_.get());
  closed.keep();
}

void cluster::check_registered(std::future<std::string> answer) const {
  const auto limit = deadline_in(std::chrono::steady_clock::now(),
                                 duration(hub_->options().connect_timeout));
  const auto is_answered = [&](auto until) {
    return answer.wait_until(until) == std::future_status::ready;
  };
  // A node that stops meanwhile gets no answer any more.
  for (auto now = std::chrono::steady_clock::now();
       now < limit && !is_answered(std::min(limit, now + look)); now += look)
    check_goes_on(hub_->owner());
  check_goes_on(hub_->owner());
  const auto why = is_answered(limit) ? answer.get() : "epmd does not answer";
  if (!why.empty())
    throw std::runtime_error("cluster_options.name: " + why);
}

void cluster::close() {
  run_on_shard(hub_->home(), [this] { hub_->close(); });
}

cluster::~cluster() {
  leave_scopes();
  auto& owner = hub_->owner();
  owner.extension<detail::publication_routes>().remove(*hub_);
  owner.set_gate(nullptr);
  close();
  owner.extension<past_and_present>().end();
}

const std::string& cluster::name() const noexcept {
  return hub_->name();
}

std::vector<std::string> cluster::nodes() const {
  std::vector<std::string> found;
  for (const auto& each : peers())
    if (each.is_connected)
      found.push_back(each.name);
  return found;
}

std::vector<std::string> cluster::nodes(node_type type) const {
  std::vector<std::string> found;
  for (const auto& each : peers())
    if (each.is_connected && each.type == type)
      found.push_back(each.name);
  return found;
}

std::vector<peer_info> cluster::peers() const {
  std::vector<peer_info> all;
  for (auto* each : hub_->known_nodes()) {
    if (each->name() == name())
      continue;
    const auto& now = each->figures();
    all.push_back({.name = each->name(),
                   .is_connected = now.is_connected,
                   .type = now.is_visible ? node_type::visible : node_type::hidden,
                   .shares_topics = hub_->sharing_nodes().has(*each),
                   .messages_sent = now.messages_sent,
                   .messages_received = now.messages_received,
                   .messages_dropped = now.messages_dropped,
                   .octets_sent = now.octets_sent,
                   .octets_received = now.octets_received,
                   .octets_unsent = now.small.all() + now.large.all(),
                   .connects = now.connects,
                   .losses = now.losses});
  }
  return all;
}

void cluster::connect(const std::string& node) {
  static_cast<void>(distribution::node_name::parse(node, "node"));
  hub_->post_to(hub_->find_node(node), [](peer& there) { there.connect(); });
}

void cluster::disconnect(const std::string& node) {
  hub_->post_to(hub_->find_node(node),
                [](peer& there) { there.disconnect("it was disconnected here"); });
}

void cluster::monitor_nodes(const pid& watcher) {
  hub_->watch_nodes(watcher);
}

void cluster::demonitor_nodes(const pid& watcher) {
  hub_->unwatch_nodes(watcher);
}

void cluster::export_name(std::string name) {
  hub_->export_name(std::move(name));
}

} // namespace websock::runtime
