// WebSocket connections for an existing HTTP server: that server accepts and reads the
// request, the gateway does the rest.
#pragma once

#include "websock/connection/drain_result.hpp"
#include "websock/handshake/route_result.hpp"
#include "websock/http/origin.hpp"
#include "websock/http/request.hpp"
#include "websock/http/response.hpp"
#include "websock/options/options.hpp"
#include "websock/runtime/address/pid.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>

namespace websock::runtime {
class node;
class shard;
} // namespace websock::runtime

namespace websock {

class transport;

/// Creates the stream of a connection for the shard that will run it; the stream may use
/// that shard's reactor from its first `watch` on. To implement one, include
/// "websock/transport.hpp".
using transport_factory = std::function<std::unique_ptr<transport>(runtime::shard&)>;

/// The connection's process, or the response for the caller to send instead.
using adoption = std::variant<runtime::pid, http::response>;

/// The checks, processes, limits and drain of a server, without its listener and its
/// HTTP. Any thread may call `adopt`; the other functions are for a single thread that is
/// not a shard.
class gateway {
public:
  /// Uses `node`, which must outlive it. Throws std::invalid_argument for options out of
  /// range.
  explicit gateway(runtime::node& node, gateway_options options = {});
  /// Stops it. No other thread may still be in `adopt`.
  ~gateway();
  gateway(const gateway&) = delete;
  gateway& operator=(const gateway&) = delete;

  /// Accepts `wish`, the result of `websock::upgrade<T>(request, ...)`, if admission
  /// allows it: the gateway then owns the connected stream socket, sends the 101 and
  /// continues with `leftover`, the bytes that followed the request. Otherwise, and when
  /// this throws, the caller still owns the socket, untouched. Throws std::system_error
  /// when it is not a socket.
  [[nodiscard]] adoption adopt(int descriptor, const http::request& request,
                               std::string leftover, route_result wish,
                               http::channel through = http::channel::plain);
  /// The same for the caller's own stream, such as TLS. `make` is called immediately, on
  /// this thread, and only if the upgrade is accepted.
  [[nodiscard]] adoption adopt(const transport_factory& make,
                               const http::request& request, std::string leftover,
                               route_result wish,
                               http::channel through = http::channel::plain);

  /// As server::drain; from its start on, `adopt` answers 503.
  drain_result drain(const drain_options& how);
  /// As server::cut_short. Any thread.
  void cut_short();
  /// Any thread.
  [[nodiscard]] bool is_draining() const noexcept;
  /// A drain with gateway_options::drain that asks all connections to close at once. May
  /// be repeated.
  void stop();

  /// The options of connections whose `wish` does not change them.
  [[nodiscard]] const upgrade_options& defaults() const noexcept;
  /// Current number of connections. Any thread.
  [[nodiscard]] std::size_t connection_count() const noexcept;
  /// Number of requests refused because of their origin so far. The log names each origin
  /// once. Any thread.
  [[nodiscard]] std::uint64_t origins_refused() const noexcept;

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace websock
