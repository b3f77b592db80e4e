// Rate limits for new visitors: visits and joins per address.
#pragma once

#include "websock/http.hpp"
#include "websock/runtime/clock.hpp"

#include "examples/chat/allowance.hpp"

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace chat {

/// A visit lasts until the last copy of its ticket is destroyed.
using ticket = std::shared_ptr<const void>;

/// Thread-safe. Loopback addresses are exempt: behind a proxy, everybody has one. An IPv6
/// /64 counts as one address.
class doorman {
public:
  struct limits {
    std::size_t visits = 50;       // open at a time, per address; 0: unlimited
    double joins = 20;             // burst ...
    double joins_per_second = 0.5; // ... and sustained rate
  };

  doorman() = default;
  explicit doorman(limits of) : limits_(of) {}

  /// Returns null when `peer`, an address with its port, has reached a limit.
  [[nodiscard]] ticket admit(const std::string& peer, websock::runtime::time_point now);

private:
  struct guest {
    std::size_t visits = 0;
    allowance joins;
  };
  struct book {       // lives until the last ticket is gone
    std::mutex mutex; // routes run on every shard
    std::unordered_map<websock::http::client_group, guest> guests;
  };

  void forget_idle(websock::runtime::time_point now);

  limits limits_;
  std::shared_ptr<book> book_ = std::make_shared<book>();
};

} // namespace chat
