// What presence may take of memory and time. Sources: the options of Phoenix.Tracker.
#pragma once

#include "websock/runtime/time/clock.hpp"

#include <chrono>
#include <cstddef>

namespace websock::channels {

/// The same on all nodes, or what one node sends the other refuses.
struct presence_limits {
  std::size_t name_octets = 1'024;  // of a topic, and of a key
  std::size_t meta_octets = 16'384; // of a meta as JSON text, with its references
  /// Entries of one node, and the octets of their topics, keys and metas.
  std::size_t most_entries = 262'144;
  std::size_t most_octets = 134'217'728;
  std::size_t most_nodes = 128; // others: more than a full mesh should have
  /// Changes that a node keeps so that others can catch up after a cut without being sent
  /// everything. Both bounds hold.
  std::size_t history_steps = 16'384;
  std::size_t history_octets = 4'194'304;
  /// Changes and entries travel in messages of this size and at most one entry more.
  std::size_t message_octets = 65'536;
};

/// How presence measures time.
struct presence_periods {
  /// How often nodes say up to where they have told of their changes.
  /// Source: broadcast_period.
  runtime::duration heartbeat = std::chrono::milliseconds(1'500);
  /// A connected node of which nothing is heard for this long counts as lost.
  runtime::duration silence = std::chrono::seconds(30);
  /// How long the entries of a lost node stay in all lists. Source: down_period.
  runtime::duration down = std::chrono::seconds(30);
  /// How long they are kept after that, unlisted, for the case that the node returns.
  /// Source: permdown_period.
  runtime::duration permdown = std::chrono::minutes(20);
};

} // namespace websock::channels
