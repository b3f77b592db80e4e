// What the nodes of the network test say to each other; network_peer.erl says the same.
#pragma once

#include "websock/runtime/pid.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace network {

namespace runtime = websock::runtime;

/// Answered by `i_am`.
struct who_is {
  runtime::pid from;
};
struct i_am {
  runtime::pid who;
};

/// Answered by a `pong` of the same number.
struct ping {
  runtime::pid from;
  std::int64_t number = 0;
};
struct pong {
  runtime::pid from;
  std::int64_t number = 0;
};

/// Answered by a `crowd` of so many new processes.
struct populate {
  runtime::pid from;
  std::int64_t count = 0;
};
struct crowd {
  std::vector<runtime::pid> all;
};

/// One of a stream.
struct numbered {
  runtime::pid from;
  std::int64_t number = 0;
};

/// Answered by `got`.
struct bulk {
  runtime::pid from;
  std::string octets;
};
struct got {
  runtime::pid from;
  std::int64_t octets = 0;
};

/// What it is in two builds, of which one knows a field more.
struct said_before {
  std::string who;
  std::string text;
};
struct said_now {
  std::string who;
  std::string text;
  std::string mood = "none";
};

enum class build : std::uint8_t { before, now };

/// Before the first message.
void register_messages(build which);

} // namespace network
