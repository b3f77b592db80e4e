// The step before a connection: obtaining its socket.
#pragma once

#include "websock/dial/connect_failed.hpp"
#include "websock/handshake/agreement.hpp"
#include "websock/transport/transport.hpp"

#include <functional>
#include <memory>
#include <string>
#include <variant>

namespace websock::runtime {
class shard;
}

namespace websock {

/// Connects a client to its server. Belongs to one connection_process.
class opening {
public:
  struct opened {
    std::unique_ptr<transport> socket;
    agreement agreed;
    std::string leftover; // what the peer sent after its response
  };
  using result = std::variant<opened, connect_failed>;

  opening() = default;
  opening(const opening&) = delete;
  opening& operator=(const opening&) = delete;
  /// Gives up if it is not done yet; `done` is not called afterwards.
  virtual ~opening() = default;

  /// Calls `done` once, from a later event of the shard, as this object's last action:
  /// `done` may destroy it.
  virtual void start(runtime::shard& on, std::function<void(result)> done) = 0;
};

} // namespace websock
