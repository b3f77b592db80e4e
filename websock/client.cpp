// How a client's process is set up.
#include "websock/client.hpp"

#include "websock/client_hosts.hpp"
#include "websock/client_opening.hpp"

#include <memory>

namespace websock::detail {

namespace {

[[nodiscard]] connection_setup setup_on(connection_host& host, std::string_view url,
                                        const client_options& options,
                                        behaviour_factory make) {
  auto plan = plan_client(url, options);
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
                              const client_options& options, behaviour_factory make) {
  return setup_on(on.extension<client_hosts>().next(), url, options, std::move(make));
}

connection_setup client_setup(runtime::process& parent, std::string_view url,
                              const client_options& options, behaviour_factory make) {
  return setup_on(parent.node().extension<client_hosts>().on(parent.shard()), url,
                  options, std::move(make));
}

void check_client(std::string_view url, const client_options& options) {
  static_cast<void>(plan_client(url, options));
}

} // namespace websock::detail
