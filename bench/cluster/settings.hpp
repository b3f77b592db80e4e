// What a run is told on the command line.
#pragma once

#include "websock/runtime/cluster.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace bench {

struct settings {
  std::string name;              // of this node
  std::string peer;              // of the other, with its port
  std::string second;            // a third node, the same
  std::uint16_t port = 0;        // of this node
  std::uint16_t epmd = 0;        // 0: ports are fixed
  std::size_t shards = 2;        // of this node
  std::size_t count = 300'000;   // messages, or processes
  std::size_t size = 64;         // octets of a message
  std::size_t rounds = 5;        // of large messages
  std::size_t seconds = 2;       // that the other node stands still
  std::size_t net_ticktime = 60; // seconds
  std::size_t subscribers = 0;   // of the topic "news"
};

/// Those of this node: the secret is in WEBSOCK_BENCH_COOKIE.
[[nodiscard]] inline websock::cluster_options options_of(const settings& how) {
  websock::cluster_options all;
  all.name = how.name;
  all.cookie_variable = "WEBSOCK_BENCH_COOKIE";
  all.port = how.port;
  all.net_ticktime = std::chrono::seconds(how.net_ticktime);
  all.least_pause = std::chrono::milliseconds(50);
  all.exported_names = {"sink", "echo", "crowd"};
  all.ports = websock::runtime::port_mapper::no_epmd;
  if (how.epmd != 0) {
    all.ports = websock::runtime::port_mapper::epmd;
    all.epmd_port = how.epmd;
  }
  if (!how.peer.empty())
    all.nodes = {how.peer};
  if (!how.second.empty())
    all.nodes.push_back(how.second);
  return all;
}

} // namespace bench
