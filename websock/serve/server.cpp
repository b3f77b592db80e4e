// Starting and stopping a server.
#include "websock/serve/server.hpp"

#include "websock/http/percent.hpp"
#include "websock/http/stored_file.hpp"
#include "websock/metrics/websocket_metrics.hpp"
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/shard.hpp"
#include "websock/serve/server_metrics.hpp"
#include "websock/serve/server_signals.hpp"
#include "websock/serve/server_sockets.hpp"
#include "websock/serve/service_manager.hpp"
#include "websock/serve/service_watchdog.hpp"
#include "websock/serve/supervision_tree.hpp"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <mutex>
#include <random>
#include <stdexcept>
#include <thread>

namespace websock {

namespace {

[[nodiscard]] server_options checked(server_options options) {
  validate(options);
  return options;
}

/// While it lives, the end of the tree also ends the wait for signals.
class end_of_wait {
public:
  end_of_wait(supervision_tree& tree, stop_signals& signals) : tree_(tree) {
    tree_.when_over([&signals] { signals.cancel(); });
  }
  ~end_of_wait() { tree_.when_over(); }
  end_of_wait(const end_of_wait&) = delete;
  end_of_wait& operator=(const end_of_wait&) = delete;

private:
  supervision_tree& tree_;
};

/// The action, with what a service manager hears of it.
[[nodiscard]] std::function<void()> told(service_manager& manager,
                                         std::function<void()> action) {
  if (!action)
    return action;
  return [&manager, action = std::move(action)] {
    manager.reloading();
    action();
    manager.ready();
  };
}

/// Those of the routes with this pattern.
[[nodiscard]] std::shared_ptr<route_figures> figures_of(http_service& service,
                                                        std::string_view pattern) {
  for (const auto& each : service.patterns)
    if (each->pattern == pattern)
      return each;
  service.patterns.push_back(std::make_shared<route_figures>(pattern));
  return service.patterns.back();
}

} // namespace

struct server::state {
  enum class phase : std::uint8_t { set_up, running, ended };

  state(std::unique_ptr<runtime::node> own, runtime::node& node, server_options options)
      : own_node(std::move(own)),
        sockets(std::make_shared<server_sockets>(node, std::move(options))) {}

  [[nodiscard]] http_service& service() noexcept { return sockets->service; }

  std::unique_ptr<runtime::node> own_node;
  std::shared_ptr<server_sockets> sockets;
  std::unique_ptr<runtime::metric_source> metrics; // null unless they are read
  std::vector<runtime::child_spec> children;
  supervision_tree tree;
  std::mutex lifecycle; // lets one of several threads start or stop the server
  std::atomic<phase> now = phase::set_up;
};

server::server(server_options options) {
  options = checked(std::move(options));
  auto own = std::make_unique<runtime::node>(
      runtime::node_options{.shards = options.shards, .reactor = options.reactor});
  auto& node = *own;
  state_ = std::make_unique<state>(std::move(own), node, std::move(options));
}

server::server(runtime::node& node, server_options options)
    : state_(std::make_unique<state>(nullptr, node, checked(std::move(options)))) {
}

server::~server() {
  stop();
}

void server::require_set_up(const std::string& what) const {
  if (state_->now != state::phase::set_up)
    throw std::logic_error(what + " set before start");
}

server& server::route(std::string_view method, std::string_view pattern,
                      const request_options& options, route_action action) {
  auto& service = state_->service();
  require_set_up("route " + std::string(pattern) + ": routes are");
  validate(options, service.options);
  service.routes.add(method, pattern,
                     {options, std::move(action), figures_of(service, pattern)});
  return *this;
}

server& server::websocket(std::string_view pattern, detail::wanted_options options,
                          handler_factory make) {
  return get(pattern, [options = std::move(options),
                       make = std::move(make)](const http::request& request) {
    return detail::plan_upgrade(request, options, make);
  });
}

server& server::metrics() {
  require_set_up("metrics are");
  count_websockets(state_->service().node);
  state_->service().is_metered = true;
  return *this;
}

server& server::metrics(std::string_view pattern) {
  return metrics().get(pattern, metrics_route());
}

server& server::health(std::string_view live, std::string_view ready) {
  const auto fine = [] {
    return http::ok_text("ok\n").with_header("Cache-Control", "no-store");
  };
  // A route is part of the service, and does not outlive it.
  const auto& door = state_->service().door;
  return get(live, [fine](const http::request&) -> route_result { return fine(); })
      .get(ready, [fine, &door](const http::request&) -> route_result {
        return door.is_closed() ? door.unavailable() : fine();
      });
}

const upgrade_options& server::defaults() const noexcept {
  return state_->service().options.connection;
}

server& server::files(std::span<const http::asset> files,
                      const std::vector<std::pair<std::string, std::string>>& headers) {
  for (const auto& file : files) {
    const auto serve = [stored =
                            std::make_shared<const http::stored_file>(file, headers)](
                           const http::request& request) -> route_result {
      return stored->answer(request);
    };
    get(file.path, serve);
    if (file.path == "/index.html")
      get("/", serve);
  }
  return *this;
}

server& server::supervise(runtime::child_spec child) {
  auto& self = *state_;
  require_set_up("child \"" + child.id + "\": children are");
  const bool is_taken =
      supervision_tree::is_reserved(child.id)
      || std::any_of(self.children.begin(), self.children.end(),
                     [&](const auto& each) { return each.id == child.id; });
  if (is_taken)
    throw std::invalid_argument("child \"" + child.id
                                + "\": the server has a child with this id");
  self.children.push_back(std::move(child));
  return *this;
}

void server::start() {
  auto& self = *state_;
  assert(!self.service().node.runs_here()
         && "a server is started by a thread of its own");
  const std::lock_guard lock(self.lifecycle);
  if (self.now == state::phase::running)
    return;
  if (self.now == state::phase::ended)
    throw std::logic_error("start: this server was stopped, and serves no more");
  self.sockets->open();
  try {
    self.tree.start(self.sockets, self.children);
  } catch (...) {
    self.sockets->close();
    if (self.service().door.is_closed()) // the listener failed, and a drain is final
      self.now = state::phase::ended;
    throw;
  }
  if (self.service().is_metered) // from now on nobody changes the routes
    self.metrics = metrics_of(self.sockets);
  self.now = state::phase::running;
  const auto& node = self.service().node;
  node.log(runtime::log_level::info,
           "server on " + url() + ": " + std::to_string(node.shard_count())
               + " shards, reactor " + std::string(to_string(node.reactor().kind)) + " ("
               + node.reactor().reason + ')');
}

drain_result server::drain(const drain_options& how) {
  validate(how);
  auto& self = *state_;
  assert(!self.service().node.runs_here()
         && "a server is drained by a thread of its own");
  const std::lock_guard lock(self.lifecycle);
  if (self.now != state::phase::running)
    return {};
  self.service().door.close();
  self.sockets->drain_as(how);
  self.tree.stop(self.service().node);
  if (self.service().node.is_running()) { // the draining process may have been killed
    static_cast<void>(
        self.sockets->draining.begin(self.sockets->hosts(), how, std::random_device{}()));
    self.sockets->draining.wait();
  }
  self.sockets->close();
  self.now = state::phase::ended;
  return self.sockets->draining.result();
}

void server::cut_short() {
  state_->sockets->draining.cut_short();
}

void server::reload_certificates() {
  if (!state_->service().tls)
    throw std::logic_error("reload_certificates: this server has no tls option");
  state_->service().tls->reload();
}

void server::stop() {
  auto& self = *state_;
  auto how = self.service().options.drain;
  how.batch = 0;
  static_cast<void>(drain(how));
  if (self.own_node)
    self.own_node->stop();
}

// Service managers send SIGHUP for "reload your files".
std::function<void()> server::hangup_action() {
  const auto& service = state_->service();
  if (service.options.on_hangup == hangup::left_alone || !service.tls)
    return {};
  return [this] {
    try {
      reload_certificates();
      node().log(runtime::log_level::info, "certificates are read again");
    } catch (...) {
      node().log_thrown("certificates stay as they were");
    }
  };
}

int server::run(const std::function<void()>& started) {
  service_manager manager(service_manager_from_environment());
  stop_signals signals(
      told(manager, hangup_action())); // before anyone hears that it runs
  start();
  std::optional<service_watchdog> watchdog(std::in_place, node(), manager);
  manager.ready();
  const end_of_wait until_over(state_->tree, signals);
  if (started)
    started();
  signals.wait();
  manager.stopping();
  std::thread impatient([&] { // a second signal cuts the drain short
    if (signals.wait() != 0)
      cut_short();
  });
  const auto result = drain(state_->service().options.drain);
  signals.cancel();
  impatient.join();
  if (result.killed > 0)
    node().log(runtime::log_level::warning,
               "connections that did not close in time and were killed: "
                   + std::to_string(result.killed));
  watchdog.reset();
  stop();
  return failure() ? 1 : 0;
}

std::optional<server_failure> server::failure() const {
  return state_->tree.failure();
}

runtime::pid server::supervisor() const {
  return state_->tree.top();
}

bool server::is_draining() const noexcept {
  return state_->service().door.is_closed();
}

std::uint16_t server::port() const noexcept {
  const auto& self = *state_;
  return self.now == state::phase::running ? self.sockets->acceptor->address().port : 0;
}

std::string server::url() const {
  const std::string scheme = state_->service().tls ? "https" : "http";
  const auto& options = state_->service().options;
  const auto& acceptor = state_->sockets->acceptor;
  const auto [host, port, path] =
      acceptor ? acceptor->address()
               : listening_address{options.host, 0, options.unix_path};
  if (!path.empty())
    return scheme + "+unix://" + http::percent_encode(path) + "/";
  const bool is_v6 = host.find(':') != std::string::npos;
  return scheme + "://" + (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port)
         + "/";
}

runtime::node& server::node() noexcept {
  return state_->service().node;
}

std::size_t server::connection_count() const noexcept {
  return state_->service().door.count();
}

server_statistics server::statistics() const noexcept {
  const auto& service = state_->service();
  return {service.door.count(),
          service.unsent.suspended.load(),
          service.unsent.bytes.load(),
          service.node.messages_dropped(),
          service.handshakes_evicted.load(),
          service.door.origins_refused(),
          service.bodies->taken(),
          service.bodies_refused.load(),
          service.unsent.cut_off.load(),
          service.node.reactor().kind};
}

} // namespace websock
