// Connections for an existing HTTP server.
#include "websock/serve/gateway.hpp"

#include "websock/connection/connection_host.hpp"
#include "websock/handshake/admission.hpp"
#include "websock/http/date.hpp"
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/shard.hpp"
#include "websock/serve/drain.hpp"
#include "websock/transport/descriptor_flags.hpp"
#include "websock/transport/socket_transport.hpp"

#include <atomic>
#include <cerrno>
#include <chrono>
#include <random>
#include <system_error>
#include <utility>
#include <vector>

namespace websock {

namespace {

[[nodiscard]] gateway_options checked(gateway_options options) {
  validate(options);
  return options;
}

void make_non_blocking(int descriptor) {
  if (!set_non_blocking(descriptor))
    throw std::system_error(errno, std::generic_category(),
                            "adopt: descriptor " + std::to_string(descriptor));
}

/// For a connection that the admission has counted; takes it off the count when memory
/// runs out.
[[nodiscard]] departure expect(admission& door, std::shared_ptr<connection_host> host) {
  try {
    return connection_host::expect(std::move(host));
  } catch (...) {
    door.dismiss();
    throw;
  }
}

} // namespace

// Shares with connections what they need: one that is adopted while the node stops is
// destroyed only with the node, after the gateway.
struct gateway::state {
  state(runtime::node& node, gateway_options given)
      : options(std::move(given)),
        door(std::make_shared<admission>(options.connection, options.max_connections,
                                         node.shard_count(), options.retry_after,
                                         [&node](const std::string& line) {
                                           node.log(runtime::log_level::warning, line);
                                         })) {
    for (std::size_t i = 0; i < node.shard_count(); ++i)
      hosts.push_back(std::make_shared<connection_host>(
          node.shard_at(i), [door = door] { door->dismiss(); }));
  }

  const gateway_options options;
  const std::shared_ptr<admission> door;
  std::vector<std::shared_ptr<connection_host>> hosts;
  std::atomic<std::size_t> next_host{0};
  websock::drain draining;
};

gateway::gateway(runtime::node& node, gateway_options options)
    : state_(std::make_unique<state>(node, checked(std::move(options)))) {
}

gateway::~gateway() {
  stop();
}

adoption gateway::adopt(int descriptor, const http::request& request,
                        std::string leftover, route_result wish, http::channel through) {
  const auto make = [descriptor](runtime::shard& on) {
    make_non_blocking(descriptor);
    return std::make_unique<socket_transport>(descriptor, on.sockets());
  };
  return adopt(make, request, std::move(leftover), std::move(wish), through);
}

adoption gateway::adopt(const transport_factory& make, const http::request& request,
                        std::string leftover, route_result wish, http::channel through) {
  auto* plan = std::get_if<upgrade_plan>(&wish.value());
  if (plan == nullptr)
    return std::get<http::response>(std::move(wish.value()));
  auto& self = *state_;
  const auto date = http::format_date(
      std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
  auto decided = self.door->decide(request, std::move(*plan), {through, date});
  if (auto* refused = std::get_if<http::response>(&decided))
    return std::move(*refused);
  const auto index = self.next_host.fetch_add(1, std::memory_order_relaxed);
  const auto host = self.hosts[index % self.hosts.size()];
  auto expected = expect(*self.door, host);
  // A drain that begins now either waits for what was expected before, or is seen here.
  if (self.door->is_closed()) {
    host->abandon(std::move(expected));
    return self.door->unavailable();
  }
  std::unique_ptr<transport> stream;
  try {
    stream = make(host->shard());
  } catch (...) {
    host->abandon(std::move(expected));
    throw;
  }
  return host->begin(std::move(stream), std::get<accepted_upgrade>(std::move(decided)),
                     std::move(leftover), std::move(expected));
}

drain_result gateway::drain(const drain_options& how) {
  validate(how);
  auto& self = *state_;
  self.door->close();
  std::vector<connection_host*> hosts;
  for (const auto& each : self.hosts)
    hosts.push_back(each.get());
  return self.draining.run(std::move(hosts), how, std::random_device{}());
}

void gateway::cut_short() {
  state_->draining.cut_short();
}

bool gateway::is_draining() const noexcept {
  return state_->door->is_closed();
}

void gateway::stop() {
  auto how = state_->options.drain;
  how.batch = 0;
  static_cast<void>(drain(how));
}

const upgrade_options& gateway::defaults() const noexcept {
  return state_->options.connection;
}

std::size_t gateway::connection_count() const noexcept {
  return state_->door->count();
}

std::uint64_t gateway::origins_refused() const noexcept {
  return state_->door->origins_refused();
}

} // namespace websock
