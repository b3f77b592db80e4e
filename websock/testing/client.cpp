// A client in memory.
#include "websock/testing/client.hpp"

#include "websock/connection/connection_process.hpp"
#include "websock/handshake/deflate_negotiation.hpp"
#include "websock/protocol/close_payload.hpp"
#include "websock/protocol/frame_parser.hpp"
#include "websock/protocol/message_assembler.hpp"
#include "websock/protocol/message_writer.hpp"
#include "websock/runtime/process/shard.hpp"
#include "websock/testing/memory/host_keeper.hpp"
#include "websock/testing/memory/memory_transport.hpp"

#include <stdexcept>

namespace websock::testing {

namespace {

// Always the key of the example in RFC 6455 §5.7.
[[nodiscard]] protocol::mask_key key() noexcept {
  return {std::byte{0x37}, std::byte{0xFA}, std::byte{0x21}, std::byte{0x3D}};
}

[[nodiscard]] agreement agree(const upgrade_options& options) {
  agreement agreed;
  if (!options.compress)
    return agreed;
  const std::string offer = offer_deflate(options.deflate);
  const std::string_view offers[] = {offer};
  if (const auto accepted = accept_deflate(offers, options.deflate))
    agreed.deflate = accepted->params;
  return agreed;
}

[[nodiscard]] protocol::opcode as_opcode(protocol::event::kind what) {
  using kind = protocol::event::kind;
  switch (what) {
  case kind::text:
    return protocol::opcode::text;
  case kind::binary:
    return protocol::opcode::binary;
  case kind::ping:
    return protocol::opcode::ping;
  case kind::pong:
    return protocol::opcode::pong;
  default:
    return protocol::opcode::close;
  }
}

[[nodiscard]] agreement as_client(agreement agreed) noexcept {
  agreed.self = protocol::role::client;
  return agreed;
}

} // namespace

struct client::sender {
  explicit sender(const upgrade_options& options)
      : agreed(agree(options)), own(as_client(agreed)),
        writer(key, make_deflater(own, options.deflate, contexts)) {}

  agreement agreed; // as the connection sees it
  agreement own;
  protocol::deflate_pool contexts;
  protocol::message_writer writer;
};

client::client(runtime::testing::stepped_node& node, upgrade_options options,
               handler_factory make)
    : sender_(std::make_shared<sender>(options)) {
  auto& on =
      node.node().shard_at(node.node().process_count() % node.node().shard_count());
  pipe_ = std::make_shared<memory_pipe>(on);
  const auto host = std::make_shared<connection_host>(on);
  connection_setup setup{
      host.get(),
      std::make_unique<memory_transport>(pipe_),
      std::make_shared<const upgrade_options>(options),
      std::move(make),
      {},
      {},
      host_keeper::keep(host), // it lives as long as its only connection
      sender_->agreed};
  host_ = host;
  pid_ = node.node().spawn_on<connection_process>(on.index(), std::move(setup));
}

void client::raw(std::string_view octets) {
  pipe_->to_server += octets;
  pipe_->notify();
}

void client::send(protocol::opcode code, std::string_view payload) {
  std::string octets;
  if (protocol::is_control(code))
    sender_->writer.append_control(octets, code, payload);
  else
    sender_->writer.append_message(octets, code, payload);
  raw(octets);
}

void client::text(std::string_view payload) {
  send(protocol::opcode::text, payload);
}

void client::binary(std::string_view payload) {
  send(protocol::opcode::binary, payload);
}

void client::ping(std::string_view payload) {
  send(protocol::opcode::ping, payload);
}

void client::pong(std::string_view payload) {
  send(protocol::opcode::pong, payload);
}

void client::close(std::uint16_t code, std::string_view body) {
  std::string payload;
  payload += static_cast<char>(code >> 8U);
  payload += static_cast<char>(code & 0xFFU);
  payload += body;
  send(protocol::opcode::close, payload);
}

void client::close_without_code() {
  send(protocol::opcode::close, {});
}

void client::disconnect() {
  pipe_->client_ended = true;
  pipe_->notify();
}

void client::reset() {
  pipe_->to_server.clear();
  pipe_->client_reset = true;
  disconnect();
}

void client::with_host(std::function<void(connection_host&)> work) {
  pipe_->on.post([host = host_, todo = std::move(work)](runtime::shard&) {
    if (const auto there = host.lock())
      todo(*there);
  });
}

void client::take_only(std::size_t count) {
  pipe_->window = count;
}

void client::take(std::size_t count) {
  pipe_->window += count;
  pipe_->notify();
}

const std::string& client::received() const noexcept {
  return pipe_->to_client;
}

std::size_t client::unread() const noexcept {
  return pipe_->to_server.size();
}

bool client::is_ended() const noexcept {
  return pipe_->server_ended || pipe_->server_closed;
}

std::vector<client::frame> client::frames() const {
  static constexpr protocol::message_limits generous{.max_frame_size = UINT32_MAX,
                                                     .max_message_size = UINT32_MAX};
  protocol::message_assembler assembler(protocol::role::client, generous,
                                        make_inflater(sender_->own, sender_->contexts));
  std::string copy = pipe_->to_client;
  auto in = std::as_writable_bytes(std::span(copy));
  std::vector<frame> found;
  for (auto event = assembler.next(in); event.what != protocol::event::kind::need_more;
       event = assembler.next(in)) {
    if (event.what == protocol::event::kind::failed)
      throw std::runtime_error("the server sent: " + std::string(event.why.reason));
    found.push_back(
        {as_opcode(event.what), std::string(protocol::as_chars(event.payload))});
  }
  return found;
}

std::vector<std::string> client::texts() const {
  std::vector<std::string> found;
  for (auto& each : frames())
    if (each.code == protocol::opcode::text)
      found.push_back(std::move(each.payload));
  return found;
}

std::optional<std::pair<std::uint16_t, std::string>> client::close_frame() const {
  for (const auto& each : frames()) {
    if (each.code != protocol::opcode::close)
      continue;
    const auto parsed = protocol::parse_close_payload(protocol::as_octets(each.payload));
    const auto code = parsed.code.value_or(protocol::close_code::no_status);
    return std::pair(static_cast<std::uint16_t>(code), std::string(parsed.body));
  }
  return std::nullopt;
}

} // namespace websock::testing
