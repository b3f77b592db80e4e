// A client: one process for each outgoing connection, with the same handlers and protocol
// code as a server's connections.
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

// The part of the function templates below that does not depend on the handler's type.
// Same contracts; `make` makes the handler.
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

/// Starts a process that connects to `url` ("wss://host/path") and then runs the
/// connection, with the handler `T(args...)`. Returns at once; `init` runs when the
/// handshake is complete, and messages sent before wait until then. If connecting fails,
/// the process exits with a `connect_failed` and never makes the handler. Throws
/// std::invalid_argument for an invalid url or invalid options. Any thread.
template <class T, class... Args>
runtime::pid connect(runtime::node& on, std::string_view url,
                     const client_options& options, Args&&... args) {
  return detail::start_client(on, url, options,
                              detail::make_factory<T>(std::forward<Args>(args)...));
}

/// Like connect, but on the shard of `parent` and linked to it, for use with `self()`:
/// each ends with the other.
template <class T, class... Args>
runtime::pid connect_link(runtime::process& parent, std::string_view url,
                          const client_options& options, Args&&... args) {
  return detail::start_client_linked(
      parent, url, options, detail::make_factory<T>(std::forward<Args>(args)...));
}

/// Like connect_link, but monitored instead of linked, so that `down` reports even an
/// immediate failure.
template <class T, class... Args>
std::pair<runtime::pid, runtime::reference>
connect_monitor(runtime::process& parent, std::string_view url,
                const client_options& options, Args&&... args) {
  return detail::start_client_monitored(
      parent, url, options, detail::make_factory<T>(std::forward<Args>(args)...));
}

/// A client as a child of a supervisor. It counts as started once its process exists:
/// failing to connect is an exit like any other, and the supervisor's restart rules
/// apply. Throws at once for an invalid url or invalid options.
template <class T, class... Args>
[[nodiscard]] runtime::child_spec
client(std::string id, const runtime::child_options& child, std::string url,
       client_options options, Args&&... args) {
  return detail::client_child(std::move(id), child, std::move(url), std::move(options),
                              detail::make_factory<T>(std::forward<Args>(args)...));
}

} // namespace websock
