// The server: accepts requests for its routes and runs their connections.
#pragma once

#include "websock/connection/drain_result.hpp"
#include "websock/handshake/route_action.hpp"
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

namespace websock::channels {
class socket_routes;
}

namespace websock {

struct channels_options;

/// Serves WebSockets, and HTTP/1.1 for everything that leads to them. Set routes and
/// children before `start`; its member functions are for one thread that is not a shard,
/// unless they say otherwise.
///
/// Its supervisor starts the application's children in order, then `connections`, which
/// represents all connections, then `listener`, which accepts; it stops them in reverse
/// order. A child that fails is restarted, the listener with the same socket. After too
/// many restarts the server ends: it drains its connections, stops its children and
/// closes the port.
class server {
public:
  /// Creates its own node. Throws std::invalid_argument for options out of range.
  explicit server(server_options options = {});
  /// Uses `node`, which must outlive it.
  server(runtime::node& node, server_options options);
  /// Stops it.
  ~server();
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  /// Runs `action` for GET requests to `pattern`: "/chat/:room" binds
  /// request.param("room"), "/files/*path" the rest of the path. `action` is a function
  /// of the request that answers at once (route_handler), or one that runs as a process
  /// and may wait (waiting_handler). Throws std::invalid_argument for a malformed or
  /// duplicate pattern or an option out of range, std::logic_error after start.
  server& get(std::string_view pattern, route_action action) {
    return route("GET", pattern, {}, std::move(action));
  }
  server& get(std::string_view pattern, const request_options& options,
              route_action action) {
    return route("GET", pattern, options, std::move(action));
  }
  /// The same for other methods. The body of a request is in `request.body()` if
  /// `options.body_limit` allows it: `server.post("/hooks", {.body_limit = 65'536}, f)`.
  server& post(std::string_view pattern, route_action action) {
    return route("POST", pattern, {}, std::move(action));
  }
  server& post(std::string_view pattern, const request_options& options,
               route_action action) {
    return route("POST", pattern, options, std::move(action));
  }
  server& put(std::string_view pattern, route_action action) {
    return route("PUT", pattern, {}, std::move(action));
  }
  server& put(std::string_view pattern, const request_options& options,
              route_action action) {
    return route("PUT", pattern, options, std::move(action));
  }
  server& delete_(std::string_view pattern, route_action action) {
    return route("DELETE", pattern, {}, std::move(action));
  }
  server& delete_(std::string_view pattern, const request_options& options,
                  route_action action) {
    return route("DELETE", pattern, options, std::move(action));
  }
  /// The same for any method except CONNECT: "PATCH", "OPTIONS" (for a path that should
  /// not leave it to the server), or one of your own. Methods are case-sensitive.
  server& route(std::string_view method, std::string_view pattern, route_action action) {
    return route(method, pattern, {}, std::move(action));
  }
  server& route(std::string_view method, std::string_view pattern,
                const request_options& options, route_action action);

  /// Upgrades requests to `pattern` to connections that run `T(args...)`, with the
  /// server's connection options.
  template <class T, class... Args>
  requires(!detail::starts_with_options<Args...>) server& websocket(
      std::string_view pattern, Args&&... args) {
    return websocket(pattern, detail::wanted_options(),
                     detail::make_factory<T>(std::forward<Args>(args)...));
  }
  /// The same with changes to the server's options, applied now:
  /// `websocket<T>("/", with([](upgrade_options& its) { its.compress = true; }),
  /// args...)`. Throws std::invalid_argument for an option out of range.
  template <class T, class... Args>
  server& websocket(std::string_view pattern, const options_change& change,
                    Args&&... args) {
    return websocket<T>(pattern, checked_options(defaults(), change),
                        std::forward<Args>(args)...);
  }
  /// The same with options changed beforehand.
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
  /// Serves Phoenix's clients at `path`, with a `Socket()` for each connection:
  /// `channels<user_socket>("/socket", {.timeout = 45s}).channel<room>("room:*")`. Needs
  /// websock/channels.hpp and the library websock::channels. Throws std::invalid_argument
  /// for an option out of range.
  template <class Socket>
  channels::socket_routes channels(std::string_view path,
                                   const channels_options& options);
  template <class Socket>
  channels::socket_routes channels(std::string_view path);

  /// Counts what is in docs/metrics.md, of this server and its node, and shows it at
  /// `pattern` to Prometheus, in its text format or in that of OpenMetrics. Keep the path
  /// from strangers. Throws as `get` does.
  server& metrics(std::string_view pattern);
  /// The same without a route: for runtime::metrics_text.
  server& metrics();
  /// Answers 200 at `live` as long as it serves at all, and at `ready` until a drain
  /// begins, then 503 with Retry-After: a balancer then sends its clients elsewhere.
  /// Throws as `get` does.
  server& health(std::string_view live, std::string_view ready);

  /// The options of connections whose route does not change them.
  [[nodiscard]] const upgrade_options& defaults() const noexcept;

  /// Serves each of `files`, which must live as long as the program, at its path, and
  /// `/index.html` at "/" as well, with ETag and Last-Modified: a client that already has
  /// the file gets 304. `headers` are added to each response; unless they contain
  /// Cache-Control, clients are told to revalidate every time.
  server& files(std::span<const http::asset> files,
                const std::vector<std::pair<std::string, std::string>>& headers = {});

  /// Adds a child to the server's supervisor: it is up before the first client is
  /// accepted, and stopped after the last connection is gone. Throws
  /// std::invalid_argument for an id that is taken, std::logic_error after start.
  server& supervise(runtime::child_spec child);

  /// Binds, starts the children and accepts; returns when all are up. Throws
  /// std::system_error that names address and port, or std::runtime_error that names the
  /// child that did not start and its reason; start may be retried after either. Throws
  /// std::logic_error after stop.
  void start();
  /// The port it listens on; 0 for a Unix socket. After start.
  [[nodiscard]] std::uint16_t port() const noexcept;
  /// `http://127.0.0.1:4000/`, `https://[::1]:4000/`, or
  /// `http+unix://%2Frun%2Fchat.sock/`, whose host is the percent-encoded path. After
  /// start.
  [[nodiscard]] std::string url() const;
  /// Reloads all certificates and keys of `server_options::tls` for new connections;
  /// existing ones keep theirs. Any thread. Throws std::invalid_argument that names
  /// option and file, and changes nothing then; std::logic_error without TLS.
  void reload_certificates();
  /// Shuts the service down: refuses upgrades, closes connections as `how` says, kills
  /// those left at its deadline, closes the port and stops the children of `supervise`.
  /// Returns the result, which is empty when the server is not running. Throws
  /// std::invalid_argument for options out of range.
  drain_result drain(const drain_options& how);
  /// Kills the connections that a drain still waits for, or the next one would. Any
  /// thread.
  void cut_short();
  /// Whether a drain has begun: for a load balancer's health-check route. Any thread.
  [[nodiscard]] bool is_draining() const noexcept;
  /// A drain with server_options::drain that asks all connections to close at once. Also
  /// stops the node if the server created it. May be repeated. Any thread that is not a
  /// shard: if several call it, one stops the server and the others wait.
  void stop();
  /// Starts unless already started, calls `started`, waits for SIGINT or SIGTERM, drains
  /// as server_options::drain says, and stops. A second signal cuts the drain short.
  /// SIGHUP is handled as server_options::on_hangup says. A service manager that listens
  /// at NOTIFY_SOCKET is told of all this, and of the shards' health if it asks for it
  /// (sd_notify(3)). Returns the exit status for main: 0, or 1 when the server failed
  /// (`failure`).
  int run(const std::function<void()>& started = {});

  /// Why the server failed; empty unless it has. Any thread.
  [[nodiscard]] std::optional<server_failure> failure() const;
  /// Its supervisor, to monitor it or query its children. After start.
  [[nodiscard]] runtime::pid supervisor() const;
  [[nodiscard]] runtime::node& node() noexcept;
  /// Current number of upgraded connections. Any thread.
  [[nodiscard]] std::size_t connection_count() const noexcept;
  /// Whether clients keep up, in figures. Cheap. Any thread.
  [[nodiscard]] server_statistics statistics() const noexcept;

private:
  friend class channels::socket_routes;

  /// Throws std::logic_error after start: "`what` set before start".
  void require_set_up(const std::string& what) const;
  [[nodiscard]] std::function<void()> hangup_action();
  server& websocket(std::string_view pattern, detail::wanted_options options,
                    handler_factory make);

  struct state;
  std::unique_ptr<state> state_;
};

} // namespace websock
