// A client: a process of its own for each outgoing connection, with the handlers and the
// protocol code of a server's connections.
#pragma once

#include "websock/dial/connect_failed.hpp"
#include "websock/handshake/route_result.hpp"
#include "websock/options/options.hpp"
#include "websock/runtime/address/pid.hpp"
#include "websock/runtime/supervisor/child_spec.hpp"
#include "websock/runtime/term/reference.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace websock::runtime {
class node;
class process;
} // namespace websock::runtime

namespace websock {

namespace detail {

// What the function templates below have in common for all handlers: their contracts
// hold here, with a handler that `make` makes.
[[nodiscard]] runtime::pid start_client(runtime::node& on, std::string_view url,
                                        const client_options& options,
                                        handler_factory make);
[[nodiscard]] runtime::pid start_client_linked(runtime::process& parent,
                                               std::string_view url,
                                               const client_options& options,
                                               handler_factory make);
[[nodiscard]] std::pair<runtime::pid, runtime::reference>
start_client_monitored(runtime::process& parent, std::string_view url,
                       const client_options& options, handler_factory make);
[[nodiscard]] runtime::child_spec client_child(std::string id,
                                               const runtime::child_options& child,
                                               std::string url, client_options options,
                                               handler_factory make);

} // namespace detail

/// Starts a process that connects to `url` ("wss://host/path") and is then the
/// connection, with the handler `T(args...)`. Returns at once; `init` runs when the
/// handshake is complete, and messages sent before wait until then. When there will be no
/// connection the process exits with a `connect_failed`, and the handler was never made.
/// Throws std::invalid_argument for a url or options that are wrong. Any thread.
template <class T, class... Args>
runtime::pid connect(runtime::node& on, std::string_view url,
                     const client_options& options, Args&&... args) {
  return detail::start_client(on, url, options,
                              detail::make_factory<T>(std::forward<Args>(args)...));
}

/// The same as a process on the shard of `parent`, and linked to it, for `self()`: each
/// ends with the other.
template <class T, class... Args>
runtime::pid connect_link(runtime::process& parent, std::string_view url,
                          const client_options& options, Args&&... args) {
  return detail::start_client_linked(
      parent, url, options, detail::make_factory<T>(std::forward<Args>(args)...));
}

/// The same monitored instead of linked, so that `down` tells also of a failure that
/// comes at once.
template <class T, class... Args>
std::pair<runtime::pid, runtime::reference>
connect_monitor(runtime::process& parent, std::string_view url,
                const client_options& options, Args&&... args) {
  return detail::start_client_monitored(
      parent, url, options, detail::make_factory<T>(std::forward<Args>(args)...));
}

/// The same as a child of a supervisor. It is up as soon as its process is there: that
/// there is no server to connect to is an exit like others, after which the supervisor's
/// restart rules hold. Throws at once for a url or options that are wrong.
template <class T, class... Args>
[[nodiscard]] runtime::child_spec
client(std::string id, const runtime::child_options& child, std::string url,
       client_options options, Args&&... args) {
  return detail::client_child(std::move(id), child, std::move(url), std::move(options),
                              detail::make_factory<T>(std::forward<Args>(args)...));
}

} // namespace websock
