// RFC 6455 §4: what is asked for, and what must come back.
#include "bench/load/handshake.hpp"

#include <algorithm>
#include <stdexcept>

namespace bench {

namespace {

// The example of RFC 6455 §1.3.
constexpr std::string_view key = "dGhlIHNhbXBsZSBub25jZQ==";
constexpr std::string_view proof = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

} // namespace

std::string handshake_request(const settings& to) {
  auto text = "GET " + to.path + " HTTP/1.1\r\nHost: " + to.host + ':'
              + std::to_string(to.port)
              + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
              + std::string(key) + "\r\n";
  if (to.deflate)
    text +=
        "Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover\r\n";
  return text + "\r\n";
}

std::size_t handshake_answer(const settings& to, std::string_view received) {
  const auto end = received.find("\r\n\r\n");
  if (end == std::string_view::npos) {
    if (received.size() > 16'384)
      throw std::runtime_error("the answer to a handshake does not end");
    return 0;
  }
  const auto head = received.substr(0, end);
  if (!head.starts_with("HTTP/1.1 101 ") || head.find(proof) == std::string_view::npos)
    throw std::runtime_error("a handshake was refused: "
                             + std::string(head.substr(0, head.find('\r'))));
  if (to.deflate && head.find("permessage-deflate") == std::string_view::npos)
    throw std::runtime_error("the server does not compress");
  return end + 4;
}

} // namespace bench
