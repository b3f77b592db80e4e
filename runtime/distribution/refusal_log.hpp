// What the log says of strangers that are refused, of whom there may be any number.
#pragma once

#include "../time/timer.hpp"

#include <cstddef>
#include <set>
#include <string>
#include <string_view>

namespace websock::runtime::distribution {

class hub;

/// Tells of the first at once, and of those that follow it once a second, by the last one
/// and a count: a flood of them hides nothing else. Lives on the shard of the
/// connections.
class refusal_log final : private timer {
public:
  explicit refusal_log(hub& owner) noexcept : hub_(owner) {}
  ~refusal_log() override;

  void tell(std::string line);
  /// `which` names a peer whose cookie is another one, which goes on trying: told once,
  /// until `forget`.
  void tell_once(const std::string& which, const std::string& address);
  void forget(std::string_view peer) noexcept;
  void stop() noexcept;

private:
  static constexpr std::size_t most_peers = 256; // names are what a stranger says

  void expire(time_point now) override;
  void write(const std::string& line) const;

  hub& hub_;
  std::string last_;
  std::size_t untold_ = 0;
  std::set<std::string, std::less<>> told_once_;
};

} // namespace websock::runtime::distribution
