// What a run of the load generator is told.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace bench {

enum class payload_kind { text, binary, json };

struct settings {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  std::string path = "/";
  int server_pid = 0; // whose CPU time and memory are read; 0: nobody's
  bool tls = false;
  bool deflate = false;

  std::size_t connections = 100;
  std::size_t size = 64; // octets of each payload
  payload_kind kind = payload_kind::text;
  std::size_t depth = 1; // messages in flight on each connection, or broadcasts in all
  std::uint64_t messages = 100'000;        // measured; in a fan-out: broadcasts
  std::uint64_t warm_up = 10'000;          // before them, not measured
  std::chrono::milliseconds limit{10'000}; // of the measured part
  double rate = 0;                         // messages a second over all; 0: closed loop
  std::size_t silent = 0;                  // consumers that never read

  // Channels that carry the messages, as the rooms of bench/servers serve them.
  std::string topic;          // empty: WebSockets without channels
  std::size_t topics = 1;     // that each connection joins: `topic`, and others behind it
  std::string event = "echo"; // of what is pushed and replied to
  std::string heap_path;      // where the server tells its heap; empty: nowhere
};

} // namespace bench
