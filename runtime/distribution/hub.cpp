// Starting, stopping, and the connections that others make.
#include "hub.hpp"

#include "../address/node_events.hpp"
#include "../address/send.hpp"
#include "../telemetry/event.hpp"
#include "../telemetry/runtime_events.hpp"

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace websock::runtime::distribution {

namespace {

// Beside the shard that listens for clients, if there are several.
[[nodiscard]] shard& choose_home(node& owner) {
  return owner.shard_at(owner.shard_count() - 1);
}

[[nodiscard]] cluster_options validated(cluster_options options) {
  validate(options);
  return options;
}

} // namespace

hub::hub(node& owner, cluster_options options, cookie secret, hub_networks networks)
    : owner_(owner), home_(choose_home(owner)), options_(validated(std::move(options))),
      name_(distribution::node_name::parse(options_.name, "cluster_options.name")),
      secret_(std::move(secret)), creation_(random_creation()),
      networks_(std::move(networks)),
      exported_names_(options_.exported_names.begin(), options_.exported_names.end()),
      refusals_(*this), random_(random_challenge()) {
}

hub::~hub() = default;

std::shared_ptr<hub> hub::shared() {
  return std::static_pointer_cast<hub>(shared_from_this());
}

void hub::log(log_level level, const std::string& line) const noexcept {
  try {
    owner_.log(level, "cluster: " + line);
  } catch (const std::bad_alloc&) {
    owner_.log(level, line);
  }
}

void hub::start() {
  listening_ =
      links().listen(home_, {.address = options_.address, .port = options_.port}, *this);
  if (options_.ports == port_mapper::epmd)
    start_epmd();
  for (const auto& each : options_.nodes) {
    const auto known = parse_named_node(each);
    if (known.name != name())
      find_node(known.name).its_peer().keep_connected(known.port);
  }
}

void hub::start_epmd() {
  serve_as_epmd();
  epmd_node us;
  us.name = name_.alive();
  us.port = port();
  us.type = options_.visible ? epmd_node_type::normal : epmd_node_type::hidden;
  registration_ = std::make_unique<epmd_registration>(
      home_, plain_network(), epmd_address{.port = options_.epmd_port}, std::move(us),
      static_cast<epmd_registration::events&>(*this));
}

// An epmd of our own lasts as long as this node; then another one serves, and all
// register there.
void hub::serve_as_epmd() {
  if (small_epmd_)
    return;
  try {
    small_epmd_ = std::make_unique<small_epmd>(
        home_, plain_network(), small_epmd_options{.port = options_.epmd_port});
    log(log_level::info, "no epmd runs here: this node serves as one");
  } catch (const std::system_error& refused) {
    if (refused.code() != std::errc::address_in_use)
      throw;
  }
}

void hub::when_registered(std::function<void(std::string)> done) {
  if (!registration_)
    return done({});
  when_registered_ = std::move(done);
}

void hub::registered(std::uint32_t) {
  if (const auto done = std::exchange(when_registered_, nullptr))
    done({});
}

void hub::unregistered(epmd_error why) {
  if (const auto done = std::exchange(when_registered_, nullptr))
    return done(std::move(why.text));
  log(log_level::warning, "epmd does not list this node: " + why.text);
  if (why.reason == epmd_failure::closed)
    home_.guarded("cluster: serving as epmd", [this] { serve_as_epmd(); });
}

void hub::close() noexcept {
  if (is_closed_.exchange(true))
    return;
  registration_.reset();
  small_epmd_.reset();
  listening_.reset();
  strangers_.clear();
  refusals_.stop();
  for (auto* each = node_after(nullptr); each != nullptr; each = node_after(each))
    each->its_peer().close();
  exported_.close();
  aliases_.close();
}

known_node& hub::find_node(const std::string& name) {
  return find_below(most_nodes, name);
}

known_node& hub::find_mentioned(const std::string& name) {
  try {
    return find_below(most_mentioned, name);
  } catch (const std::length_error&) { // the message is no worse for it
    return find_below(most_nodes, nowhere);
  }
}

known_node& hub::find_below(std::size_t most, std::string_view name) {
  const std::lock_guard lock(mutex_);
  if (const auto found = nodes_.find(name); found != nodes_.end())
    return *found->second;
  if (nodes_.size() >= most && name != nowhere)
    throw std::length_error("more than " + std::to_string(most) + " nodes are known: "
                            + std::string(name) + " is one too many");
  auto made = std::make_unique<known_node>(*this, std::string(name));
  made->set_peer(std::make_unique<peer>(*this, *made));
  return *nodes_.emplace(name, std::move(made)).first->second;
}

// Nodes are never forgotten, so that no copy of the table is needed.
known_node* hub::node_after(const known_node* one) const noexcept {
  const std::lock_guard lock(mutex_);
  const auto next = one == nullptr ? nodes_.begin() : nodes_.upper_bound(one->name());
  return next == nodes_.end() ? nullptr : next->second.get();
}

std::vector<known_node*> hub::known_nodes() const {
  const std::lock_guard lock(mutex_);
  std::vector<known_node*> all;
  all.reserve(nodes_.size());
  for (const auto& [name, each] : nodes_)
    all.push_back(each.get());
  return all;
}

void hub::export_name(std::string name) {
  const std::lock_guard lock(mutex_);
  exported_names_.insert(std::move(name));
}

bool hub::exports(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  return exported_names_.contains(name);
}

// Connections that others make.

void hub::accepted(std::unique_ptr<carrier> link, stranger_place place) {
  auto limits = connection_limits(); // places are few, however long our connects may take
  limits.handshake_limit = std::clamp<duration>(place.until() - home_.now(),
                                                duration::zero(), limits.handshake_limit);
  strangers_.reserve(strangers_.size() + 1);
  auto made = std::make_unique<connection>(
      home_, std::move(link), handshake::accept(itself(), *this, handshakes()), limits,
      static_cast<connection::events&>(*this));
  strangers_.push_back({std::move(made), std::move(place)});
}

void hub::troubled(std::string why) {
  refusals_.tell(std::move(why));
}

hub::stranger hub::take_stranger(const connection& which) {
  const auto found =
      std::find_if(strangers_.begin(), strangers_.end(),
                   [&which](const stranger& each) { return each.made.get() == &which; });
  stranger taken;
  if (found != strangers_.end()) {
    taken = std::move(*found);
    strangers_.erase(found);
  }
  return taken;
}

arrival hub::arrives(const handshake_peer& peer) {
  relation with_peer = relation::none;
  {
    const std::lock_guard lock(mutex_); // a stranger's name is looked up, not remembered
    if (const auto found = nodes_.find(peer.name.text()); found != nodes_.end())
      with_peer = found->second->its_peer().its_relation();
  }
  return decide(with_peer, name_, peer.name);
}

bool hub::is_still_wanted(const distribution::node_name& peer) {
  return find_node(peer.text()).its_peer().its_relation() != relation::connected;
}

void hub::established(connection& which, const handshake_success& with) {
  auto& node = find_node(with.peer.name.text()); // before the stranger is taken
  auto taken = take_stranger(which);
  const std::string host(with.peer.name.host());
  if (taken.made->certificate_names(host) == certificate_check::names_others) {
    refusals_.tell(with.peer.name.text() + " from " + which.peer_address()
                   + " is refused: its certificate does not name its host");
    return connection::bury(std::move(taken.made));
  }
  node.its_peer().adopt(std::move(taken.made), with);
}

void hub::lost(connection& which, std::string_view why,
               std::optional<handshake_failure> failure) {
  auto taken = take_stranger(which);
  if (failure == handshake_failure::wrong_cookie)
    refusals_.tell_once(std::string(why), which.peer_address());
  else if (failure != handshake_failure::simultaneous)
    refusals_.tell("a node at " + which.peer_address()
                   + " is refused: " + std::string(why));
  connection::bury(std::move(taken.made));
}

// What processes hear of nodes.

void hub::watch_nodes(const pid& watcher) {
  if (!watcher || watcher.is_foreign())
    throw std::invalid_argument("only a process of this node hears of others");
  const std::lock_guard lock(mutex_);
  std::erase_if(watchers_, [](const pid& each) { return !each.is_alive(); });
  watchers_.insert(watcher);
}

void hub::unwatch_nodes(const pid& watcher) {
  const std::lock_guard lock(mutex_);
  watchers_.erase(watcher);
}

std::vector<pid> hub::watchers() const {
  const std::lock_guard lock(mutex_);
  return {watchers_.begin(), watchers_.end()};
}

void hub::node_is_up(peer& which, const handshake_success& with) {
  const auto type =
      with.peer.flags.has(capability::published) ? node_type::visible : node_type::hidden;
  which.node().figures().is_visible = type == node_type::visible;
  refusals_.forget(which.node().name());
  log(log_level::info, which.node().name() + " is connected");
  owner_.events().tell(runtime::events::node_up, [&] {
    return event_facts{{}, {{"node", which.node().name()}}};
  });
  const term event(node_up{which.node().name(), type});
  for (const auto& each : watchers())
    runtime::send(each, event);
}

void hub::log_loss(const std::string& node, const std::string& why) const noexcept {
  home_.guarded("cluster: losing a node", [&] {
    log(is_closed_ ? log_level::info : log_level::warning,
        "the connection with " + node + " is lost: " + why);
  });
  owner_.events().tell(runtime::events::node_down, [&] {
    return event_facts{{}, {{"node", node}, {"reason", why}}};
  });
}

} // namespace websock::runtime::distribution
