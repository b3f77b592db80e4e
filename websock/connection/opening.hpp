// The seam before a connection: what has to be done until its socket is there.
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

/// A client's way to its server. Belongs to one connection_process.
class opening {
public:
  struct opened {
    std::unique_ptr<transport> socket;
    agreement agreed;
    std::string leftover; // what the peer sent behind its answer
  };
  using result = std::variant<opened, connect_failed>;

  opening() = default;
  opening(const opening&) = delete;
  opening& operator=(const opening&) = delete;
  /// Gives up, when it is not done yet: nothing is called any more.
  virtual ~opening() = default;

  /// Calls `done` once, from a later event of the shard, as the last of what this object
  /// does: it may be destroyed in there.
  virtual void start(runtime::shard& on, std::function<void(result)> done) = 0;
};

} // namespace websock
