// Starting and stopping a server.
#include "websock/serve/server.hpp"

#include "websock/http/percent.hpp"
#include "websock/http/stored_file.hpp"
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/shard.hpp"
#include "websock/serve/server_parts.hpp"
#include "websock/serve/server_signals.hpp"
#include "websock/serve/server_tree.hpp"

#include <algorithm>
#include <atomic>
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

/// While it lives, the end of a tree ends the wait for signals.
class end_of_wait {
public:
  end_of_wait(server_tree& tree, stop_signals& signals) : tree_(tree) {
    tree_.when_over([&signals] { signals.cancel(); });
  }
  ~end_of_wait() { tree_.when_over(); }
  end_of_wait(const end_of_wait&) = delete;
  end_of_wait& operator=(const end_of_wait&) = delete;

private:
  server_tree& tree_;
};

} // namespace

struct server::state {
  enum class phase : std::uint8_t { set_up, running, ended };

  state(std::unique_ptr<runtime::node> own, runtime::node& node, server_options options)
      : own_node(std::move(own)),
        parts(std::make_shared<server_parts>(node, std::move(options))) {}

  [[nodiscard]] server_core& core() noexcept { return parts->core; }
  void require_set_up(const std::string& what) const;

  std::unique_ptr<runtime::node> own_node;
  std::shared_ptr<server_parts> parts;
  std::vector<runtime::child_spec> children;
  server_tree tree;
  std::mutex lifecycle; // of several threads that start or end it, one does
  std::atomic<phase> is = phase::set_up;
};

void server::state::require_set_up(const std::string& what) const {
  if (is != phase::set_up)
    throw std::logic_error(what + " set before start");
}

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

server& server::get(std::string_view pattern, route_handler handler) {
  return route("GET", pattern, std::move(handler));
}

server& server::route(std::string_view method, std::string_view pattern,
                      route_handler handler) {
  state_->require_set_up("route " + std::string(pattern) + ": routes are");
  state_->core().routes.add(method, pattern, std::move(handler));
  return *this;
}

server& server::websocket(std::string_view pattern, detail::wanted_options options,
                          handler_factory make) {
  return get(pattern, [options = std::move(options),
                       make = std::move(make)](const http::request& request) {
    return detail::plan_upgrade(request, options, make);
  });
}

const upgrade_options& server::defaults() const noexcept {
  return state_->core().options.connection;
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
  self.require_set_up("child \"" + child.id + "\": children are");
  const bool is_taken =
      server_tree::is_reserved(child.id)
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
  const std::lock_guard lock(self.lifecycle);
  if (self.is == state::phase::running)
    return;
  if (self.is == state::phase::ended)
    throw std::logic_error("start: this server was stopped, and serves no more");
  self.parts->open();
  try {
    self.tree.start(self.parts, self.children);
  } catch (...) {
    self.parts->close();
    if (self.core().door.is_closed()) // it was the listener, and a drain ends for good
      self.is = state::phase::ended;
    throw;
  }
  self.is = state::phase::running;
  const auto& node = self.core().node;
  node.log(runtime::log_level::info,
           "server on " + url() + ": " + std::to_string(node.shard_count())
               + " shards, reactor " + std::string(to_string(node.reactor().kind)) + " ("
               + node.reactor().reason + ')');
}

drain_result server::drain(const drain_options& how) {
  validate(how);
  auto& self = *state_;
  const std::lock_guard lock(self.lifecycle);
  if (self.is != state::phase::running)
    return {};
  self.core().door.close();
  self.parts->drain_as(how);
  self.tree.stop(self.core().node);
  if (self.core().node.is_running()) { // the process that drains may have been killed
    static_cast<void>(
        self.parts->draining.begin(self.parts->hosts(), how, std::random_device{}()));
    self.parts->draining.wait();
  }
  self.parts->close();
  self.is = state::phase::ended;
  return self.parts->draining.result();
}

void server::cut_short() {
  state_->parts->draining.cut_short();
}

void server::reload_certificates() {
  if (!state_->core().tls)
    throw std::logic_error("reload_certificates: this server has no tls option");
  state_->core().tls->reload();
}

void server::stop() {
  auto& self = *state_;
  auto how = self.core().options.drain;
  how.batch = 0;
  static_cast<void>(drain(how));
  if (self.own_node)
    self.own_node->stop();
}

// What service managers send for "read your files again".
std::function<void()> server::hangup_action() {
  const auto& core = state_->core();
  if (core.options.on_hangup == hangup::left_alone || !core.tls)
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
  stop_signals signals(hangup_action()); // before anybody is told that the server runs
  start();
  const end_of_wait until_over(state_->tree, signals);
  if (started)
    started();
  signals.wait();
  std::thread impatient([&] { // waits for another signal
    if (signals.wait() != 0)
      cut_short();
  });
  const auto result = drain(state_->core().options.drain);
  signals.cancel();
  impatient.join();
  if (result.killed > 0)
    node().log(runtime::log_level::warning,
               "connections that did not close in time and were killed: "
                   + std::to_string(result.killed));
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
  return state_->core().door.is_closed();
}

std::uint16_t server::port() const noexcept {
  return state_->is == state::phase::running ? state_->parts->entry->address().port : 0;
}

std::string server::url() const {
  const std::string scheme = state_->core().tls ? "https" : "http";
  const auto& options = state_->core().options;
  const auto& entry = state_->parts->entry;
  const auto [host, port, path] =
      entry ? entry->address() : listening_address{options.host, 0, options.unix_path};
  if (!path.empty())
    return scheme + "+unix://" + http::percent_encode(path) + "/";
  const bool is_v6 = host.find(':') != std::string::npos;
  return scheme + "://" + (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port)
         + "/";
}

runtime::node& server::node() noexcept {
  return state_->core().node;
}

std::size_t server::connection_count() const noexcept {
  return state_->core().door.count();
}

server_statistics server::statistics() const noexcept {
  const auto& core = state_->core();
  return {core.door.count(),
          core.unsent.suspended.load(),
          core.unsent.bytes.load(),
          core.node.messages_dropped(),
          core.handshakes_evicted.load(),
          core.door.origins_refused(),
          core.unsent.cut_off.load(),
          core.node.reactor().kind};
}

} // namespace websock
