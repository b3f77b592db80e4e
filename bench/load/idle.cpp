// Memory of connections at rest.
#include "bench/load/fleet.hpp"
#include "bench/load/heap.hpp"
#include "bench/load/scenarios.hpp"
#include "bench/load/server_usage.hpp"

#include <chrono>
#include <cstddef>
#include <thread>

namespace bench {

namespace {

void echo_once(fleet& connections) {
  std::size_t missing = connections.size();
  for (std::size_t i = 0; i < connections.size(); ++i) {
    connections.at(i).allow(1);
    connections.flush(i);
  }
  while (missing > 0)
    connections.turn(std::chrono::seconds(1), true,
                     [&](std::size_t, std::uint64_t count) { missing -= count; });
}

/// What the server needs once, for whoever comes first, is not for each connection.
void warm_up(settings wanted) {
  wanted.connections = 1;
  fleet one(wanted, traffic::echoes);
  echo_once(one);
}

} // namespace

nlohmann::json measure_idle(const settings& wanted) {
  const auto pause = [] { std::this_thread::sleep_for(std::chrono::milliseconds(300)); };
  const auto count = static_cast<double>(wanted.connections);
  warm_up(wanted);
  pause();
  const auto server_before = usage_of(wanted.server_pid).resident_kib;
  const auto kernel_before = kernel_memory();
  const bool has_heap = !wanted.heap_path.empty();
  const auto heap_before = has_heap ? heap_of(wanted) : 0;
  const auto start = std::chrono::steady_clock::now();
  fleet connections(wanted, traffic::echoes);
  const std::chrono::duration<double> opening = std::chrono::steady_clock::now() - start;
  echo_once(connections);
  pause(); // freed memory goes back when the server is at rest
  const auto server_after = usage_of(wanted.server_pid).resident_kib;
  const auto kernel_after = kernel_memory();
  const auto grown =
      static_cast<double>(server_after) - static_cast<double>(server_before);
  const auto kernel =
      static_cast<double>(kernel_after) - static_cast<double>(kernel_before);
  nlohmann::json all = {{"operations", wanted.connections},
                        {"opening_seconds", opening.count()},
                        {"server_resident_kib", server_after},
                        {"server_octets_per_connection", grown * 1'024 / count},
                        {"kernel_octets_per_connection_both_ends", kernel / count}};
  if (has_heap)
    all["server_heap_octets_per_connection"] =
        (static_cast<double>(heap_of(wanted)) - static_cast<double>(heap_before)) / count;
  return all;
}

} // namespace bench
