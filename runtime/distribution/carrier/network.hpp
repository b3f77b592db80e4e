// How a node reaches others and is reached by them: sockets, or a loopback in tests.
#pragma once

#include "../../time/clock.hpp"
#include "carrier.hpp"
#include "stranger_place.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>

namespace websock::runtime {
class shard;
}

namespace websock::runtime::distribution {

/// Whom to connect to, and how long that may take.
struct dial_target {
  std::string host; // a DNS name or an address
  std::uint16_t port = 0;
  std::string certificate_host = {}; // whom the certificate must name; empty: `host`
  /// From the look-up to the end of the TLS handshake. Source: net_setuptime.
  duration limit = std::chrono::seconds(7);
};

/// Why nobody was reached, for people: names host and port.
struct dial_failed {
  std::string why;
};
using dial_result = std::variant<std::unique_ptr<carrier>, dial_failed>;

/// A connection being made. Destroying it cancels it: `ready` is not called any more.
class dialling {
public:
  using ready = std::function<void(dial_result)>;
  virtual ~dialling() = default;
};

/// Where to listen, and what strangers may have.
struct listen_options {
  std::string address = "127.0.0.1"; // an address, no name
  std::uint16_t port = 0;            // 0: any that is free
  std::size_t most_strangers = 16;   // peers that are not authenticated yet
  /// How long a place is a peer's: a TLS handshake ends with it, and what follows that is
  /// up to the owner.
  duration stranger_limit = std::chrono::seconds(5);
};

/// A listening socket. Destroying it stops it; what it accepted stays.
class listening {
public:
  /// Who hears of it.
  class events {
  public:
    /// A peer has connected. `place` is given back when the owner knows who it is, or
    /// drops it, which it should do by `place.until()`: while all places are taken,
    /// others wait in the kernel.
    virtual void accepted(std::unique_ptr<carrier> peer, stranger_place place) = 0;
    /// Accepting pauses, as descriptors or memory have run out; once per shortage. Or a
    /// stranger's TLS handshake has failed. For the log.
    virtual void troubled(std::string why) = 0;

  protected:
    ~events() = default;
  };

  virtual ~listening() = default;
  [[nodiscard]] virtual std::uint16_t port() const noexcept = 0;
};

/// Makes carriers. All that it makes lives on the shard `home` like a carrier, calls back
/// on its thread, and never from within these functions.
class network {
public:
  virtual ~network() = default;
  /// Calls `done` once, within the target's limit, unless the result is destroyed before;
  /// `done` may destroy it.
  [[nodiscard]] virtual std::unique_ptr<dialling> dial(shard& home, dial_target target,
                                                       dialling::ready done) = 0;
  /// Throws std::invalid_argument for what is no address, std::system_error when it can't
  /// be had, as a port in use; both name address and port. `owner` outlives the result.
  [[nodiscard]] virtual std::unique_ptr<listening>
  listen(shard& home, const listen_options& options, listening::events& owner) = 0;
};

} // namespace websock::runtime::distribution
