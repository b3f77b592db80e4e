// The server: routes in, connections out.
#pragma once

#include "websock/connection/drain_result.hpp"
#include "websock/handshake/route_result.hpp"
#include "websock/options/options.hpp"
#include "websock/runtime/address/pid.hpp"
#include "websock/runtime/supervisor/child_spec.hpp"
#include "websock/serve/server_status.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace websock::runtime {
class node;
}

namespace websock::http {
struct asset;
}

namespace websock {

/// Serves HTTP/1.1 for what leads to a WebSocket, and the WebSockets. Routes and children
/// are set before `start`; its member functions are for one thread, which is no shard.
///
/// Its supervisor starts the application's children in order, then `connections`, which
/// stands for all of them, then `listener`, which accepts; it stops them in the opposite
/// order. A child that fails is started again, the listener with the same socket. When
/// that happens too often, the server ends: it drains its connections, stops its children
/// and closes the port.
class server {
public:
  /// Makes a node of its own. Throws std::invalid_argument for options out of range.
  explicit server(server_options options = {});
  /// Uses `node`, which must outlive it.
  server(runtime::node& node, server_options options);
  /// Stops it.
  ~server();
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  /// Calls `handler` for GET requests to `pattern`: "/chat/:room" binds
  /// request.param("room"),
  /// "/files/*path" the rest. Throws std::invalid_argument for a malformed or duplicate
  /// pattern, std::logic_error after start.
  server& get(std::string_view pattern, route_handler handler);
  /// The same for any other method but CONNECT: "POST", "OPTIONS" (of a path that does
  /// not leave it to the server), one of one's own. Methods differ by case. Bodies are
  /// not read here: such a request is answered by its head, then its socket closes.
  server& route(std::string_view method, std::string_view pattern, route_handler handler);

  /// Upgrades requests to `pattern` to connections of `T(args...)`, with the server's
  /// connection options.
  template <class T, class... Args>
  requires(!detail::starts_with_options<Args...>) server& websocket(
      std::string_view pattern, Args&&... args) {
    return websocket(pattern, detail::wanted_options(),
                     detail::make_factory<T>(std::forward<Args>(args)...));
  }
  /// The same with the server's options, changed now:
  /// `websocket<T>("/", with([](upgrade_options& its) { its.compress = true; }),
  /// args...)`. Throws std::invalid_argument for one out of range.
  template <class T, class... Args>
  server& websocket(std::string_view pattern, const options_change& change,
                    Args&&... args) {
    return websocket<T>(pattern, checked_options(defaults(), change),
                        std::forward<Args>(args)...);
  }
  /// The same with options that were changed before.
  template <class T, class... Args>
  server& websocket(std::string_view pattern, const checked_options& options,
                    Args&&... args) {
    return websocket(pattern, detail::wanted_options(options),
                     detail::make_factory<T>(std::forward<Args>(args)...));
  }
  /// Does not compile: whole options, or `{}`, would drop the server's limits, timeouts
  /// and origin policy.
  template <class T, class... Args>
  server& websocket(std::string_view, const upgrade_options&, Args&&...) {
    static_assert(detail::replace_the_servers<T>,
                  "options at a route change those of the server: pass "
                  "websock::with([](websock::upgrade_options& options) { ... }), or "
                  "websock::with() before an argument of the handler's own that is an "
                  "upgrade_options");
    return *this;
  }
  /// The options of connections whose route changes none.
  [[nodiscard]] const upgrade_options& defaults() const noexcept;

  /// Serves each of `files`, which live as long as the program, at its path, and
  /// `/index.html` at "/" too, with ETag and Last-Modified: a client that has it already
  /// gets 304. `headers` are added to each response; unless they have a Cache-Control,
  /// clients are told to ask each time.
  server& files(std::span<const http::asset> files,
                const std::vector<std::pair<std::string, std::string>>& headers = {});

  /// A child of the server's supervisor: it is up before anybody is let in, and stopped
  /// when the last connection has gone. Throws std::invalid_argument for an id that is
  /// taken, std::logic_error after start.
  server& supervise(runtime::child_spec child);

  /// Binds, starts the children, accepts; returns when all are up. Throws
  /// std::system_error that names address and port, std::runtime_error that names the
  /// child that did not come up and its reason, and may be tried again then;
  /// std::logic_error after stop.
  void start();
  /// The port that it listens on; 0 for a Unix socket. After start.
  [[nodiscard]] std::uint16_t port() const noexcept;
  /// `http://127.0.0.1:4000/`, `https://[::1]:4000/`, or
  /// `http+unix://%2Frun%2Fchat.sock/`, whose host is the percent-encoded path. After
  /// start.
  [[nodiscard]] std::string url() const;
  /// Reads all certificates and keys of `server_options::tls` again, for connections that
  /// come from now on; the others go on. Any thread. Throws std::invalid_argument that
  /// names option and file, and then nothing has changed; std::logic_error without TLS.
  void reload_certificates();
  /// Ends the service: nobody is upgraded any more, connections close as `how` says, what
  /// is left at its deadline is killed, the port is closed, the children of `supervise`
  /// stop. Returns how it went; nothing when the server does not run. Throws
  /// std::invalid_argument for options out of range.
  drain_result drain(const drain_options& how);
  /// Kills what a drain still waits for, or the next drain would. Any thread.
  void cut_short();
  /// Whether a drain has begun: for a route that tells a load balancer. Any thread.
  [[nodiscard]] bool is_draining() const noexcept;
  /// A drain with server_options::drain that asks all connections at once. Ends the node
  /// too when it is the server's own. May be repeated. Any thread but a shard's: of
  /// several one stops it, the others wait.
  void stop();
  /// Starts unless started, calls `started`, waits for SIGINT or SIGTERM, drains as
  /// server_options::drain says, stops. Another signal cuts the drain short. SIGHUP
  /// meanwhile is as server_options::on_hangup says. Returns the
  /// exit status of main: 0, or 1 when the server has ended by itself (`failure`).
  int run(const std::function<void()>& started = {});

  /// Why the server ended by itself; nothing as long as it has not. Any thread.
  [[nodiscard]] std::optional<server_failure> failure() const;
  /// Its supervisor, to be monitored or asked for its children. After start.
  [[nodiscard]] runtime::pid supervisor() const;
  [[nodiscard]] runtime::node& node() noexcept;
  /// Upgraded connections now. Any thread.
  [[nodiscard]] std::size_t connection_count() const noexcept;
  /// Whether its clients keep up. Cheap. Any thread.
  [[nodiscard]] server_statistics statistics() const noexcept;

private:
  [[nodiscard]] std::function<void()> hangup_action();
  server& websocket(std::string_view pattern, detail::wanted_options options,
                    handler_factory make);

  struct state;
  std::unique_ptr<state> state_;
};

} // namespace websock
