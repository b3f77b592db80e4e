// What the process of a socket sends to its client as it is.
#pragma once

#include "websock/handler/message.hpp"

#include <cstddef>

namespace websock::channels {

/// Made by whoever has something for the client: a channel, a broadcast, a late reply.
struct outgoing {
  shared_message encoded;

  friend std::size_t heap_size(const outgoing& value) noexcept {
    return heap_size(value.encoded);
  }
};

} // namespace websock::channels
