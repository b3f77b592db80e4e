// Starting and stopping a server.
#include "websock/server.hpp"

#include "runtime/node.hpp"
#include "runtime/shard.hpp"
#include "websock/drain.hpp"
#include "websock/http/percent.hpp"
#include "websock/listener.hpp"
#include "websock/on_shard.hpp"
#include "websock/server_shard.hpp"
#include "websock/server_signals.hpp"

#include <random>
#include <stdexcept>
#include <thread>

namespace websock {

namespace {

[[nodiscard]] server_options checked(server_options options) {
  validate(options);
  return options;
}

} // namespace

struct server::state {
  state(std::unique_ptr<runtime::node> own, runtime::node& node, server_options options)
      : own_node(std::move(own)), core(node, std::move(options)) {}

  void deal(int descriptor);
  [[nodiscard]] std::vector<connection_host*> hosts() const;
  void close_door();

  std::unique_ptr<runtime::node> own_node;
  server_core core;
  std::vector<std::unique_ptr<server_shard>> shards;
  std::unique_ptr<listener> door;
  std::size_t next_shard = 0; // of the listener's shard
  bool started = false;
  websock::drain draining;
};

server::server(server_options options) {
  options = checked(std::move(options));
  auto own =
      std::make_unique<runtime::node>(runtime::node_options{.shards = options.shards});
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
  if (state_->started)
    throw std::logic_error("route " + std::string(pattern)
                           + ": routes are set before start");
  state_->core.routes.add("GET", pattern, std::move(handler));
  return *this;
}

server& server::websocket(std::string_view pattern,
                          std::shared_ptr<const upgrade_options> options,
                          behaviour_factory make) {
  return get(pattern, [options = std::move(options), // null: the server's
                       make = std::move(make)](const http::request& request) {
    return detail::plan_upgrade(request, options, make);
  });
}

const upgrade_options& server::defaults() const noexcept {
  return state_->core.options.connection;
}

server& server::files(std::span<const http::asset> files,
                      const std::vector<std::pair<std::string, std::string>>& headers) {
  for (const auto& file : files) {
    http::response response = http::ok_text(std::string(file.body));
    response.headers.clear();
    response.with_header("Content-Type", std::string(file.content_type));
    for (const auto& [name, value] : headers)
      response.with_header(name, value);
    const auto serve = [response = std::move(response)](
                           const http::request&) -> http::reply { return response; };
    get(file.path, serve);
    if (file.path == "/index.html")
      get("/", serve);
  }
  return *this;
}

void server::start() {
  auto& self = *state_;
  if (self.door)
    return;
  if (self.started)
    throw std::logic_error("start: this server was stopped, and serves no more");
  self.door = std::make_unique<listener>(self.core.node.shard_at(0), self.core.options);
  self.started = true;
  for (std::size_t i = 0; i < self.core.node.shard_count(); ++i)
    self.shards.push_back(
        std::make_unique<server_shard>(self.core, self.core.node.shard_at(i)));
  run_on(self.core.node.shard_at(0), [&self] {
    self.door->start([&self](int descriptor) { self.deal(descriptor); },
                     [&self](const std::string& why) {
                       self.core.node.log(runtime::log_level::warning,
                                          "accepting pauses: " + why);
                     });
  });
}

void server::state::deal(int descriptor) {
  server_shard& to = *shards[next_shard++ % shards.size()];
  const auto accept = [&to, descriptor](runtime::shard&) { to.accept(descriptor); };
  if (to.shard().is_current())
    accept(to.shard());
  else
    to.shard().post(accept);
}

std::vector<connection_host*> server::state::hosts() const {
  std::vector<connection_host*> all;
  for (const auto& each : shards)
    all.push_back(&each->host());
  return all;
}

void server::state::close_door() {
  run_on(core.node.shard_at(0), [this] { door->stop(); });
}

drain_result server::drain(const drain_options& how) {
  validate(how);
  auto& self = *state_;
  if (!self.door)
    return {};
  self.core.door.close();
  if (how.new_clients == newcomers::find_no_port)
    self.close_door();
  const auto result = self.draining.run(self.hosts(), how, std::random_device{}());
  if (how.new_clients == newcomers::get_503)
    self.close_door();
  for (const auto& each : self.shards) // behind what was dealt to it
    run_on(each->shard(), [&] { each->close(); });
  self.door.reset();
  self.shards.clear();
  return result;
}

void server::cut_short() {
  state_->draining.cut_short();
}

void server::reload_certificates() {
  if (!state_->core.tls)
    throw std::logic_error("reload_certificates: this server has no tls option");
  state_->core.tls->reload();
}

void server::stop() {
  auto& self = *state_;
  auto how = self.core.options.drain;
  how.batch = 0;
  static_cast<void>(drain(how));
  if (self.own_node)
    self.own_node->stop();
}

int server::run(const std::function<void()>& started) {
  stop_signals signals; // before anybody is told that the server runs
  start();
  if (started)
    started();
  signals.wait();
  std::thread impatient([&] { // waits for another signal
    if (signals.wait() != 0)
      cut_short();
  });
  const auto result = drain(state_->core.options.drain);
  signals.cancel();
  impatient.join();
  if (result.killed > 0)
    node().log(runtime::log_level::warning,
               "connections that did not close in time and were killed: "
                   + std::to_string(result.killed));
  stop();
  return 0;
}

bool server::is_draining() const noexcept {
  return state_->core.door.is_closed();
}

std::uint16_t server::port() const noexcept {
  return state_->door ? state_->door->port() : 0;
}

std::string server::url() const {
  const auto& host = state_->core.options.host;
  const auto& path = state_->core.options.unix_path;
  const std::string scheme = state_->core.tls ? "https" : "http";
  if (!path.empty())
    return scheme + "+unix://" + http::percent_encode(path) + "/";
  const bool is_v6 = host.find(':') != std::string::npos;
  return scheme + "://" + (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port())
         + "/";
}

runtime::node& server::node() noexcept {
  return state_->core.node;
}

std::size_t server::connection_count() const noexcept {
  return state_->core.door.count();
}

server_statistics server::statistics() const noexcept {
  const auto& core = state_->core;
  return {core.door.count(), core.unsent.suspended.load(), core.unsent.bytes.load(),
          core.node.messages_dropped()};
}

} // namespace websock
