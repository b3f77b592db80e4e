// The ways by which publications leave a node.
#pragma once

#include "../address/publication_route.hpp"
#include "../term/term.hpp"

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace websock::runtime {

class node;

namespace detail {

/// A publication that is about to leave by each of the routes that take it.
class departures {
public:
  void add(std::unique_ptr<departing_publication> one) { all_.push_back(std::move(one)); }
  /// Sends them all; once only.
  void leave() noexcept {
    for (auto& each : all_)
      each.release()->leave();
    all_.clear();
  }

private:
  std::vector<std::unique_ptr<departing_publication>> all_;
};

/// An extension of a node, which `node::routes` shows while there are any. Any thread.
class publication_routes {
public:
  explicit publication_routes(node& owner) : owner_(owner) {}

  /// From now on publications leave by `route` too. It is asked for a node by name before
  /// those that were added earlier.
  void add(std::shared_ptr<publication_route> route);
  /// The same for a route that has a way to any name: it is asked after all others.
  void add_last(std::shared_ptr<publication_route> route);
  /// Publications that have begun may still leave by it; does nothing if it is not there.
  void remove(const publication_route& route) noexcept;

  /// What leaves when `message` is published. Throws not_transmissible.
  [[nodiscard]] departures departing(std::string_view topic, const term& message) const;
  /// The same for a message that is to be kept by logs.
  [[nodiscard]] departures departing_to_log(std::string_view topic, const term& message,
                                            const log_bounds& bounds) const;
  /// The log of all that arrives here; null unless there is one route, and it has one.
  [[nodiscard]] std::shared_ptr<publication_log> topic_log() const;
  /// Gives the message to the first route that knows the node; false if none does. Throws
  /// not_transmissible.
  bool publish_at(const std::string& where, std::string_view topic,
                  const term& message) const;

private:
  using list = std::vector<std::shared_ptr<publication_route>>;
  [[nodiscard]] std::shared_ptr<const list> all() const;
  void replace(list routes);

  node& owner_;
  mutable std::mutex mutex_; // held for a copy of a pointer, and to replace the list
  std::shared_ptr<const list> routes_ = std::make_shared<const list>();
};

} // namespace detail
} // namespace websock::runtime
