// The name of a node in Redis: a key that it alone may have, and that ends with it.
#pragma once

#include "../time/clock.hpp"
#include "reply.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace websock::runtime::redis {

/// Whoever sets the key has the name, as long as it renews it. A key that nobody renews
/// any more, after a crash, ends by itself: its time to live only falls until then.
class name_claim {
public:
  /// The commands of one look, in this order.
  enum class step : std::uint8_t { set, get, ttl };
  enum class standing : std::uint8_t {
    ours,
    held,    // by another one, which may be dead
    alive,   // by another one, which has renewed it since the look before
    refused, // by Redis: `trouble`
  };

  name_claim(std::string key, std::string token, duration life);

  /// Takes the name if it is free, and asks whose it is and how long.
  [[nodiscard]] std::string look() const;
  [[nodiscard]] std::string renew() const;
  /// Only while it is ours.
  [[nodiscard]] std::string release() const;

  void answered(step which, const reply& what);
  /// After the answer to the last step.
  [[nodiscard]] standing result() const noexcept;
  [[nodiscard]] const std::string& trouble() const noexcept { return trouble_; }

private:
  const std::string key_;
  const std::string token_;
  const std::string life_; // in milliseconds
  std::string trouble_;
  std::string holder_;
  std::optional<std::int64_t> left_; // of the holder's time
  bool is_renewed_ = false;
};

} // namespace websock::runtime::redis
