// Starting and stopping a server.
#include "websock/server.hpp"

#include "runtime/node.hpp"
#include "runtime/shard.hpp"
#include "websock/http/percent.hpp"
#include "websock/listener.hpp"
#include "websock/server_shard.hpp"
#include "websock/server_signals.hpp"

#include <condition_variable>
#include <future>
#include <mutex>
#include <stdexcept>

namespace websock {

namespace {

constexpr std::uint16_t going_away = 1001;
constexpr std::size_t connections_per_shard = 16'384;

[[nodiscard]] server_options checked(server_options options) {
  validate(options);
  return options;
}

/// Runs `work` on a shard and waits for it; here, when the shard's thread has ended.
template <class F>
void run_on(runtime::shard& on, F work) {
  if (!on.owner().is_running()) {
    work();
    return;
  }
  std::promise<void> done;
  on.post([&](runtime::shard&) {
    work();
    done.set_value();
  });
  done.get_future().wait();
}

/// Counts down from several shards; waited for with a deadline.
class countdown {
public:
  explicit countdown(std::size_t from) : left_(from) {}
  void arrive() {
    const std::lock_guard lock(mutex_);
    if (--left_ == 0)
      zero_.notify_all();
  }
  bool wait(std::chrono::milliseconds limit) {
    std::unique_lock lock(mutex_);
    return zero_.wait_for(lock, limit, [this] { return left_ == 0; });
  }
  void wait() {
    std::unique_lock lock(mutex_);
    zero_.wait(lock, [this] { return left_ == 0; });
  }

private:
  std::mutex mutex_; // only the thread that stops the server waits
  std::condition_variable zero_;
  std::size_t left_;
};

} // namespace

struct server::state {
  state(std::unique_ptr<runtime::node> own, runtime::node& node, server_options options)
      : own_node(std::move(own)), core{node, std::move(options)} {
    core.max_connections = core.options.max_connections != 0
                               ? core.options.max_connections
                               : connections_per_shard * node.shard_count();
    if (core.options.tls)
      core.tls = std::make_unique<tls_context>(*core.options.tls);
  }

  void deal(int descriptor);
  void drain();

  std::unique_ptr<runtime::node> own_node;
  server_core core;
  std::vector<std::unique_ptr<server_shard>> shards;
  std::unique_ptr<listener> door;
  std::size_t next_shard = 0; // of the listener's shard
  bool started = false;
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
  return get(pattern, [options = std::move(options),
                       make = std::move(make)](const http::request& request) {
    return detail::decide_upgrade(request, options, make);
  });
}

std::shared_ptr<const upgrade_options> server::default_options() const {
  return std::make_shared<const upgrade_options>(state_->core.options.connection);
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

void server::state::drain() {
  countdown drained(shards.size());
  for (const auto& each : shards)
    run_on(each->shard(),
           [&] { each->drain(going_away, [&drained] { drained.arrive(); }); });
  if (!core.node.is_running() || !drained.wait(core.options.drain_timeout)) {
    for (const auto& each : shards)
      run_on(each->shard(), [&] { each->give_up(); });
    drained.wait();
  }
  for (const auto& each : shards)
    run_on(each->shard(), [] {}); // what was posted before has been refused by now
}

void server::reload_certificates() {
  if (!state_->core.tls)
    throw std::logic_error("reload_certificates: this server has no tls option");
  state_->core.tls->reload();
}

void server::stop() {
  auto& self = *state_;
  if (self.door) {
    run_on(self.core.node.shard_at(0), [&self] { self.door->stop(); });
    self.drain();
    self.door.reset();
    self.shards.clear();
  }
  if (self.own_node)
    self.own_node->stop();
}

int server::run(const std::function<void()>& started) {
  stop_signals signals; // before anybody is told that the server runs
  start();
  if (started)
    started();
  signals.wait();
  stop();
  return 0;
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
  return state_->core.connections.load(std::memory_order_relaxed);
}

} // namespace websock
