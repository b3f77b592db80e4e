// Two ends that have agreed on permessage-deflate, for tests: each reads what the other
// writes.
#pragma once

#include "websock/protocol/message_assembler.hpp"
#include "websock/protocol/message_writer.hpp"

#include "tests/websock/protocol/transcript.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace websock::testing {

inline protocol::mask_key some_key() noexcept {
  return {std::byte{0xA5}, std::byte{0x01}, std::byte{0xFF}, std::byte{0x3C}};
}

/// The writer for the given end.
inline protocol::message_writer deflating_writer(protocol::role self,
                                                 const protocol::deflate_direction& own,
                                                 const protocol::deflate_options& how,
                                                 protocol::deflate_pool& pool) {
  return protocol::message_writer(
      self == protocol::role::client ? some_key : nullptr,
      std::make_unique<protocol::message_deflater>(own, how, pool));
}

/// The reader for the given end.
inline lines inflated(const chunks& input, protocol::deflate_pool& pool,
                      const protocol::deflate_direction& peer = {},
                      const protocol::message_limits& limits = {},
                      protocol::role self = protocol::role::server) {
  protocol::message_assembler assembler(
      self, limits, std::make_unique<protocol::message_inflater>(peer, pool));
  return transcript(input, assembler);
}

/// `size` octets of text that is as repetitive as JSON.
inline std::string json_like(std::size_t size) {
  std::string text;
  for (std::uint32_t i = 0; text.size() < size; ++i)
    text += R"({"id":)" + std::to_string(i * 7919 % 10'007) + R"(,"name":"user)"
            + std::to_string(i % 97) + R"(","online":true,"tags":["a","b"]},)";
  text.resize(size);
  return text;
}

/// Octets without any repetition.
inline std::string noise(std::size_t size, std::uint32_t seed = 1) {
  std::string octets;
  while (octets.size() < size) {
    seed = seed * 1'664'525U + 1'013'904'223U;
    octets.push_back(static_cast<char>(seed >> 24U));
  }
  return octets;
}

} // namespace websock::testing
