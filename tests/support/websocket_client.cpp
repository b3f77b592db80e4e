// A WebSocket client on a real socket.
#include "tests/support/websocket_client.hpp"

#include "websock/protocol/frame_writer.hpp"

#include "tests/support/http_answer.hpp"

#include <cstddef>
#include <stdexcept>
#include <utility>

namespace tests {

namespace {

using websock::protocol::opcode;

constexpr websock::protocol::mask_key key{std::byte{0x37}, std::byte{0xFA},
                                          std::byte{0x21}, std::byte{0x3D}};

[[nodiscard]] std::uint64_t big_endian(std::string_view octets) {
  std::uint64_t value = 0;
  for (const char octet : octets)
    value = value << 8U | static_cast<unsigned char>(octet);
  return value;
}

} // namespace

std::string text_frame(std::string_view text) {
  std::string out;
  websock::protocol::append_masked_frame(out, opcode::text, text, key);
  return out;
}

std::string close_frame(std::uint16_t code, std::string_view body) {
  std::string out;
  websock::protocol::append_masked_close(out, websock::protocol::close_code(code), body,
                                         key);
  return out;
}

websocket_client::websocket_client(std::uint16_t port, std::string_view path,
                                   const std::string& host)
    : websocket_client(tcp_client(port, host), path) {
}

websocket_client::websocket_client(tcp_client stream, std::string_view path)
    : stream_(std::move(stream)) {
  stream_.send(upgrade_request(path));
  const auto head = stream_.take_until("\r\n\r\n");
  if (!head.starts_with("HTTP/1.1 101 "))
    throw std::runtime_error("not upgraded: " + head);
}

// A server must not mask its frames (RFC 6455 §5.2). This client refuses masked ones, and
// fragments too.
websocket_client::message websocket_client::take() {
  const auto start = stream_.take(2);
  const auto first = static_cast<unsigned char>(start[0]);
  std::uint64_t length = static_cast<unsigned char>(start[1]);
  if ((first & 0xF0U) != 0x80U || length > 127)
    throw std::runtime_error("not a whole frame of a server");
  if (length == 126)
    length = big_endian(stream_.take(2));
  else if (length == 127)
    length = big_endian(stream_.take(8));
  return {opcode(first & 0x0FU), stream_.take(length)};
}

std::string websocket_client::take_text() {
  auto next = take();
  if (next.code != opcode::text)
    throw std::runtime_error("not a text message: opcode "
                             + std::to_string(static_cast<int>(next.code)));
  return std::move(next.payload);
}

std::uint16_t websocket_client::take_close() {
  const auto next = take();
  if (next.code != opcode::close)
    throw std::runtime_error("not a close frame: " + next.payload);
  return static_cast<std::uint16_t>(
      big_endian(std::string_view(next.payload).substr(0, 2)));
}

} // namespace tests
