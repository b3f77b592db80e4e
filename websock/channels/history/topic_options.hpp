// What a route says of its topics: whether missed messages can be had, and how many.
#pragma once

#include "websock/runtime/time/saturated.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace websock {

/// Options of the topics that match one pattern.
struct topic_options {
  /// Messages of each topic that are kept for clients that come back; 0: none.
  std::size_t history = 0;
  /// How long they are kept.
  runtime::saturated<std::chrono::milliseconds> history_time{600'000};
  /// Octets of them. A client that comes back may get as much at once.
  std::size_t history_octets = 1U << 20U;
  /// Events that are not kept: what is stale at once, such as "typing".
  std::vector<std::string> unkept{};
};

/// Throws std::invalid_argument for the first option out of range.
void validate(const topic_options& options);

} // namespace websock
