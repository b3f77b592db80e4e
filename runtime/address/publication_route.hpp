// A way by which publications leave a node: to a cluster, or to an engine that takes them
// to other nodes.
#pragma once

#include "../term/term.hpp"
#include "publication_log.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace websock::runtime::detail {

/// A message that was published on this node, on its way to others.
class departing_publication {
public:
  departing_publication() noexcept = default;
  departing_publication(const departing_publication&) = delete;
  departing_publication& operator=(const departing_publication&) = delete;
  /// Takes it back, unless it has left.
  virtual ~departing_publication() = default;

  /// Sends it; the object owns itself from now on.
  virtual void leave() noexcept = 0;
};

/// Any thread may call both functions, also a moment after the route was removed. Neither
/// waits. What arrives by a route is published with pubsub::detail::publish_arrived, so
/// that it never leaves again by another one.
class publication_route {
public:
  publication_route() noexcept = default;
  publication_route(const publication_route&) = delete;
  publication_route& operator=(const publication_route&) = delete;
  virtual ~publication_route() = default;

  /// What leaves the node when `message` is published on it; null when nobody elsewhere
  /// gets it. Throws not_transmissible, also in the latter case, unless this route takes
  /// no publications at all.
  [[nodiscard]] virtual std::unique_ptr<departing_publication>
  departing(std::string_view topic, const term& message) = 0;
  /// The same, and the log keeps it within `bounds`, where there is one.
  [[nodiscard]] virtual std::unique_ptr<departing_publication>
  departing_to_log(std::string_view topic, const term& message,
                   const log_bounds& bounds) {
    static_cast<void>(bounds);
    return departing(topic, message);
  }
  /// The log of what all nodes publish by this route; null for a route without one.
  [[nodiscard]] virtual publication_log* topic_log() noexcept { return nullptr; }
  /// Publishes on that node alone, which is not this one. False: not a node of this
  /// route. Throws not_transmissible.
  [[nodiscard]] virtual bool publish_at(const std::string& where, std::string_view topic,
                                        const term& message) = 0;
};

} // namespace websock::runtime::detail
