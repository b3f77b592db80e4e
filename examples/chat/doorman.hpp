// Who may come in how often: visits and joins of one address.
#pragma once

#include "websock/http.hpp"
#include "websock/runtime/clock.hpp"

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace chat {

/// A visit ends when the last copy of its ticket is gone.
using ticket = std::shared_ptr<const void>;

/// Any thread. Those on this machine are not counted: behind a proxy, everybody is one of
/// them. An IPv6 network of 64 bits is one address.
class doorman {
public:
  struct limits {
    std::size_t visits = 50;       // of one address at a time; 0: any number
    double joins = 20;             // at once ...
    double joins_per_second = 0.5; // ... and in the long run
  };

  doorman() = default;
  explicit doorman(limits of) : limits_(of) {}

  /// Nothing when `peer`, an address with its port, has had its share.
  [[nodiscard]] ticket admit(const std::string& peer, websock::runtime::time_point now);

private:
  struct guest {
    std::size_t visits = 0;
    double joins_left = 0;
    websock::runtime::time_point last_join{};
  };
  struct book {       // lives as long as a ticket does
    std::mutex mutex; // routes run on all shards
    std::unordered_map<websock::http::client_group, guest> guests;
  };

  void forget_idle(websock::runtime::time_point now);
  [[nodiscard]] double joins_of(const guest& of, websock::runtime::time_point now) const;

  limits limits_;
  std::shared_ptr<book> book_ = std::make_shared<book>();
};

} // namespace chat
