// Many WebSocket clients in one thread, of which nearly all do nothing.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

/// A wait that takes longer than a minute throws std::runtime_error.
class idle_peers {
public:
  using duration = std::chrono::steady_clock::duration;

  explicit idle_peers(std::uint16_t port);
  idle_peers(const idle_peers&) = delete;
  idle_peers& operator=(const idle_peers&) = delete;
  ~idle_peers();

  /// One more client, connected and upgraded.
  void add(const std::string& path);
  [[nodiscard]] std::size_t size() const noexcept { return sockets_.size(); }
  /// Reads and forgets what has arrived for anybody, until nothing comes for `quiet`.
  /// Throws when the server has closed one of them.
  void discard(std::chrono::milliseconds quiet);
  /// Sends `text` from one client; how long until `mark` has arrived at another or the
  /// same.
  [[nodiscard]] duration time_until(std::size_t from, std::string_view text,
                                    std::size_t to, std::string_view mark);

private:
  [[nodiscard]] int connect_socket() const;

  const std::uint16_t port_;
  int readable_; // an epoll set of all sockets
  std::vector<int> sockets_;
};

} // namespace bench
