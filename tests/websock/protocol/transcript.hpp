// What a message_assembler makes of an input, as lines for a test to compare.
#pragma once

#include "websock/protocol/close_payload.hpp"
#include "websock/protocol/message_assembler.hpp"
#include "websock/protocol/octets.hpp"

#include "tests/websock/protocol/chunkings.hpp"

#include <cstddef>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace websock::testing {

using lines = std::vector<std::string>;

/// "text Hello", "close 1000 bye", "failed 1002 RFC 6455 §5.1: ...".
inline std::string line_of(const protocol::event& event) {
  using enum protocol::event::kind;
  const std::string payload{protocol::as_chars(event.payload)};
  switch (event.what) {
  case text:
    return "text " + payload;
  case binary:
    return "binary " + payload;
  case ping:
    return "ping " + payload;
  case pong:
    return "pong " + payload;
  case close: {
    const auto [code, body] = protocol::parse_close_payload(event.payload);
    const std::string number = code ? std::to_string(static_cast<int>(*code)) : "none";
    return "close " + number + " " + std::string{body};
  }
  case failed:
    return "failed " + std::to_string(static_cast<int>(event.why.code)) + " "
           + std::string{event.why.reason};
  case need_more:
    break;
  }
  return "need_more";
}

/// Feeds one chunk and adds a line per event, until `need_more` or a failure. The chunk
/// has its own allocation of exactly its size, freed afterwards, so that the address
/// sanitizer catches reads beyond it or after it.
inline void feed(protocol::message_assembler& assembler, std::string_view chunk,
                 lines& out) {
  std::vector<std::byte> memory(chunk.size());
  if (!chunk.empty())
    std::memcpy(memory.data(), chunk.data(), chunk.size());
  std::span<std::byte> in{memory};
  while (true) {
    const protocol::event event = assembler.next(in);
    if (event.what == protocol::event::kind::need_more)
      return;
    out.push_back(line_of(event));
    if (event.what == protocol::event::kind::failed)
      return;
  }
}

/// Every event that an assembler reports for an input, up to the first failure.
inline lines transcript(const chunks& input, protocol::message_assembler& assembler) {
  lines out;
  for (const std::string& chunk : input) {
    feed(assembler, chunk, out);
    if (!out.empty() && out.back().starts_with("failed"))
      break;
  }
  return out;
}

/// The same for an assembler without compression.
inline lines transcript(const chunks& input, const protocol::message_limits& limits = {},
                        protocol::role self = protocol::role::server) {
  protocol::message_assembler assembler{self, limits};
  return transcript(input, assembler);
}

} // namespace websock::testing
