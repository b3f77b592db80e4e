// Publications that are kept outside of the nodes, and outlive them.
#pragma once

#include "../term/term.hpp"
#include "../time/clock.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace websock::runtime::detail {

/// How much a log keeps of a topic.
struct log_bounds {
  std::size_t messages = 0;
  duration time{};        // since its last message, at least
  std::size_t octets = 0; // of one reading
};

struct logged_publication {
  term message;
  duration age{};
};

/// What a log has of a topic.
struct log_reading {
  /// If not, the log is out of reach, or has too much to do.
  bool is_read = false;
  /// The newest, in the order in which they were kept: all that anybody has published
  /// there since the first of them, if it reached the log.
  std::vector<logged_publication> kept{};
};

class publication_log {
public:
  using reader = std::function<void(log_reading)>;

  publication_log() noexcept = default;
  publication_log(const publication_log&) = delete;
  publication_log& operator=(const publication_log&) = delete;

  /// Calls `done` once, later, on a shard of the node, unless that stops before. What is
  /// in the reading and was published while this node could hear it has been published
  /// here before; what is not in it comes later. Any thread.
  virtual void read(std::string topic, const log_bounds& within, reader done) = 0;

protected:
  virtual ~publication_log() = default;
};

} // namespace websock::runtime::detail
