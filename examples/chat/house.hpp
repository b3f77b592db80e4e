// What sockets, channels and requests share. It outlives them.
#pragma once

#include "websock/channels/presence.hpp"

#include "examples/chat/doorman.hpp"
#include "examples/chat/name_tokens.hpp"

#include <string>

namespace chat {

struct house {
  websock::channels::presence* people;
  name_tokens tokens;
  doorman door{};
  std::string node{};     // its name among others; empty outside a cluster
  bool crashable = false; // whether the line "/crash" crashes who says it
};

} // namespace chat
