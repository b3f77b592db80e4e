// A client: a process of its own for each outgoing connection, with the handlers and the
// protocol code of a server's connections.
#pragma once

#include "websock/connection/connection_process.hpp"
#include "websock/dial/connect_failed.hpp"
#include "websock/handler/handler.hpp"
#include "websock/handshake/route_result.hpp"
#include "websock/options/options.hpp"
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/process.hpp"
#include "websock/runtime/supervisor/child_spec.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace websock {

namespace detail {

/// The part of a connect that is the same for all handlers. Throws std::invalid_argument
/// for a url or options that are wrong. The first is for any thread, the second for the
/// process itself.
[[nodiscard]] connection_setup client_setup(runtime::node& on, std::string_view url,
                                            const client_options& options,
                                            handler_factory make);
[[nodiscard]] connection_setup client_setup(runtime::process& parent,
                                            std::string_view url,
                                            const client_options& options,
                                            handler_factory make);

/// Throws what connecting with them would throw.
void check_client(std::string_view url, const client_options& options);

} // namespace detail

/// Starts a process that connects to `url` ("wss://host/path") and is then the
/// connection, with the handler `T(args...)`. Returns at once; `init` runs when the
/// handshake is complete, and messages sent before wait until then. When there will be no
/// connection the process exits with a `connect_failed`, and the handler was never made.
/// Throws std::invalid_argument for a url or options that are wrong. Any thread.
template <class T, class... Args>
runtime::pid connect(runtime::node& on, std::string_view url,
                     const client_options& options, Args&&... args) {
  auto setup = detail::client_setup(on, url, options,
                                    detail::make_factory<T>(std::forward<Args>(args)...));
  const auto where = setup.host->shard().index();
  return on.spawn_on<connection_process>(where, std::move(setup));
}

/// The same as a process on the shard of `parent`, and linked to it, for `self()`: each
/// ends with the other.
template <class T, class... Args>
runtime::pid connect_link(runtime::process& parent, std::string_view url,
                          const client_options& options, Args&&... args) {
  return parent.spawn_link<connection_process>(detail::client_setup(
      parent, url, options, detail::make_factory<T>(std::forward<Args>(args)...)));
}

/// The same monitored instead of linked, so that `down` tells also of a failure that
/// comes at once.
template <class T, class... Args>
std::pair<runtime::pid, runtime::reference>
connect_monitor(runtime::process& parent, std::string_view url,
                const client_options& options, Args&&... args) {
  return parent.spawn_monitor<connection_process>(detail::client_setup(
      parent, url, options, detail::make_factory<T>(std::forward<Args>(args)...)));
}

/// The same as a child of a supervisor. It is up as soon as its process is there: that
/// there is no server to connect to is an exit like others, after which the supervisor's
/// restart rules hold. Throws at once for a url or options that are wrong.
template <class T, class... Args>
[[nodiscard]] runtime::child_spec
client(std::string id, const runtime::child_options& child, std::string url,
       client_options options, Args&&... args) {
  detail::check_client(url, options);
  return runtime::detail::make_child_spec(
      std::move(id), child, runtime::child_type::worker,
      [url = std::move(url), options = std::move(options),
       make = detail::make_factory<T>(std::forward<Args>(args)...)](
          runtime::process& parent) {
        return parent.start_link<connection_process>(
            detail::client_setup(parent, url, options, make));
      });
}

} // namespace websock
