// How a client's process is set up and started.
#include "websock/client/client.hpp"

#include "websock/client/client_hosts.hpp"
#include "websock/client/client_opening.hpp"
#include "websock/client/client_plan.hpp"
#include "websock/connection/connection_process.hpp"
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/process.hpp"
#include "websock/runtime/process/shard.hpp"

#include <memory>
#include <string>
#include <utility>

namespace websock::detail {

namespace {

// The target of a redirect to another origin does not learn who this client is.
[[nodiscard]] tls_client_options for_others(tls_client_options own) {
  own.certificate_file.clear();
  own.key_file.clear();
  return own;
}

[[nodiscard]] connection_setup setup_on(client_hosts& hosts, connection_host& host,
                                        std::string_view url,
                                        const client_options& options,
                                        handler_factory make) {
  auto plan = plan_client(url, options);
  if (plan.to.is_secure)
    plan.tls = hosts.tls_with(options.tls);
  if (options.max_redirects > 0)
    plan.tls_elsewhere = hosts.tls_with(for_others(options.tls));
  // The connection's options are part of the client's, so they live as long.
  std::shared_ptr<const upgrade_options> shared(plan.options, &plan.options->connection);
  return {.host = &host,
          .socket = nullptr,
          .options = std::move(shared),
          .make = std::move(make),
          .response = {},
          .leftover = {},
          .leaving = {},
          .before = std::make_unique<client_opening>(std::move(plan))};
}

// On the shard of `parent`.
[[nodiscard]] connection_setup setup_beside(runtime::process& parent,
                                            std::string_view url,
                                            const client_options& options,
                                            handler_factory make) {
  auto& hosts = parent.node().extension<client_hosts>();
  return setup_on(hosts, hosts.on(parent.shard()), url, options, std::move(make));
}

// Throws what connecting with them would throw.
void check(std::string_view url, const client_options& options) {
  if (plan_client(url, options).to.is_secure)
    static_cast<void>(tls_context(options.tls));
  if (options.max_redirects > 0)
    static_cast<void>(tls_context(for_others(options.tls)));
}

} // namespace

runtime::pid start_client(runtime::node& on, std::string_view url,
                          const client_options& options, handler_factory make) {
  auto& hosts = on.extension<client_hosts>();
  auto setup = setup_on(hosts, hosts.next(), url, options, std::move(make));
  const auto where = setup.host->shard().index();
  return on.spawn_on<connection_process>(where, std::move(setup));
}

runtime::pid start_client_linked(runtime::process& parent, std::string_view url,
                                 const client_options& options, handler_factory make) {
  return parent.spawn_link<connection_process>(
      setup_beside(parent, url, options, std::move(make)));
}

std::pair<runtime::pid, runtime::reference>
start_client_monitored(runtime::process& parent, std::string_view url,
                       const client_options& options, handler_factory make) {
  return parent.spawn_monitor<connection_process>(
      setup_beside(parent, url, options, std::move(make)));
}

runtime::child_spec client_child(std::string id, const runtime::child_options& child,
                                 std::string url, client_options options,
                                 handler_factory make) {
  check(url, options);
  return runtime::detail::make_child_spec(
      std::move(id), child, runtime::child_type::worker,
      [url = std::move(url), options = std::move(options),
       make = std::move(make)](runtime::process& parent) {
        return parent.start_link<connection_process>(
            setup_beside(parent, url, options, make));
      });
}

} // namespace websock::detail
