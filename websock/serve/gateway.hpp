// WebSocket connections for an HTTP server that somebody else wrote: it accepts and reads
// the request, the gateway does the rest.
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

/// Makes the stream of a connection for the shard on which it will live, and whose
/// reactor it may use from its first `watch` on. What makes one includes
/// "websock/transport.hpp".
using transport_factory = std::function<std::unique_ptr<transport>(runtime::shard&)>;

/// The connection's process, or the response that the caller sends instead.
using adoption = std::variant<runtime::pid, http::response>;

/// The same checks, processes, limits and drain as of a server, without its listener and
/// its HTTP. `adopt` may be called from any thread; the other functions belong to one
/// thread, which is no shard.
class gateway {
public:
  /// Uses `node`, which must outlive it. Throws std::invalid_argument for options out of
  /// range.
  explicit gateway(runtime::node& node, gateway_options options = {});
  /// Stops it. No other thread may be in `adopt`.
  ~gateway();
  gateway(const gateway&) = delete;
  gateway& operator=(const gateway&) = delete;

  /// Grants `wish`, the result of `websock::upgrade<T>(request, ...)`: then the connected
  /// stream socket is the gateway's, which sends the 101 and goes on with `leftover`, the
  /// bytes that came behind the request. Otherwise, and when it throws, the socket is
  /// still the caller's and untouched. Throws std::system_error when it is no socket.
  [[nodiscard]] adoption adopt(int descriptor, const http::request& request,
                               std::string leftover, route_result wish,
                               http::channel through = http::channel::plain);
  /// The same for a stream of the caller's own, such as its TLS. `make` is called at
  /// once, on this thread, and only when the wish is granted.
  [[nodiscard]] adoption adopt(const transport_factory& make,
                               const http::request& request, std::string leftover,
                               route_result wish,
                               http::channel through = http::channel::plain);

  /// As server::drain; from its begin on `adopt` answers 503.
  drain_result drain(const drain_options& how);
  /// As server::cut_short. Any thread.
  void cut_short();
  /// Any thread.
  [[nodiscard]] bool is_draining() const noexcept;
  /// A drain with gateway_options::drain that asks all connections at once. May be
  /// repeated.
  void stop();

  /// The options of connections whose wish changes none.
  [[nodiscard]] const upgrade_options& defaults() const noexcept;
  /// Connections now. Any thread.
  [[nodiscard]] std::size_t connection_count() const noexcept;
  /// Requests whose origin was refused, so far. The log names each origin once. Any
  /// thread.
  [[nodiscard]] std::uint64_t origins_refused() const noexcept;

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace websock
