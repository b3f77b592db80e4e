// How a client's process is set up.
#include "websock/client/client.hpp"

#include "websock/client/client_hosts.hpp"
#include "websock/client/client_opening.hpp"
#include "websock/client/client_plan.hpp"

#include <memory>

namespace websock::detail {

namespace {

// Where a redirect leads nobody is told who this client is.
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
  // The options of the connection are a part of the client's, which so live as long.
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

} // namespace

connection_setup client_setup(runtime::node& on, std::string_view url,
                              const client_options& options, handler_factory make) {
  auto& hosts = on.extension<client_hosts>();
  return setup_on(hosts, hosts.next(), url, options, std::move(make));
}

connection_setup client_setup(runtime::process& parent, std::string_view url,
                              const client_options& options, handler_factory make) {
  auto& hosts = parent.node().extension<client_hosts>();
  return setup_on(hosts, hosts.on(parent.shard()), url, options, std::move(make));
}

void check_client(std::string_view url, const client_options& options) {
  if (plan_client(url, options).to.is_secure)
    static_cast<void>(tls_context(options.tls));
  if (options.max_redirects > 0)
    static_cast<void>(tls_context(for_others(options.tls)));
}

} // namespace websock::detail
