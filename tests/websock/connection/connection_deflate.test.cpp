// Connections that have agreed on permessage-deflate, in memory.
#include "websock/connection/connection.hpp"
#include "websock/protocol/frame_writer.hpp"

#include "tests/catch.hpp"
#include "tests/websock/connection/scripted.hpp"
#include "tests/websock/protocol/deflate_lab.hpp"

#include <memory>
#include <string>
#include <vector>

namespace runtime = websock::runtime;

using namespace websock::testing;
namespace protocol = websock::protocol;

namespace {

const websock::upgrade_options compressing{.compress = true};

/// The first octet of the frame that begins there in what the server sent.
unsigned first_octet(const client& peer, std::size_t from) {
  return static_cast<unsigned char>(peer.received().at(from));
}

constexpr unsigned plain_text = 0x81;
constexpr unsigned compressed_text = 0xC1;

} // namespace

TEST_CASE("compressed messages come in and go out", "[RFC7692 §6]") {
  fixture f(compressing);
  const std::string text = json_like(1'000);
  f.peer.text(text);
  f.peer.binary(text);
  f.peer.text("short");
  f.node.run_until_idle();
  CHECK(f.work->log == lines{"init", "in " + text, "in " + text, "in short"});
  CHECK(f.peer.frames()
        == std::vector<client::frame>{{protocol::opcode::text, text},
                                      {protocol::opcode::binary, text},
                                      {protocol::opcode::text, "short"}});
  CHECK(f.peer.received().size() < 500);
}

TEST_CASE("a message of 20000 equal characters takes few bytes",
          "[deflate-20000-high-ratio]") {
  script todo;
  todo.handle_in = [](websock::message_view in) {
    CHECK(in.is_text());
    CHECK(in.size() == 20'000);
    return websock::ok();
  };
  fixture f(compressing, todo);
  std::string payload;
  protocol::deflater({}).append(payload, std::string(20'000, 'a'));
  CHECK(payload.size() < 40);
  std::string frame;
  protocol::append_masked_frame(frame, protocol::opcode::text, payload, some_key(),
                                protocol::fin::set, protocol::rsv::rsv1);
  f.peer.raw(frame);
  f.node.run_until_idle();
  CHECK(f.work->log == lines{"init", "in " + std::string(20'000, 'a')});
  CHECK(f.peer.received().empty());
  f.peer.disconnect();
  f.node.run_until_idle();
  CHECK(f.work->log.at(2) == "terminate {error, error: closed}");
}

TEST_CASE("a message may refuse to be compressed") {
  const std::string text(1'000, 'a');
  script todo;
  todo.handle_in = [&](websock::message_view in) {
    return in.text() == "plain" ? websock::push(websock::text(text).uncompressed())
                                : websock::push(websock::text(text));
  };
  fixture f(compressing, todo);
  f.peer.text("plain");
  f.node.run_until_idle();
  CHECK(first_octet(f.peer, 0) == plain_text);
  const auto size = f.peer.received().size();
  f.peer.text("compressed");
  f.node.run_until_idle();
  CHECK(first_octet(f.peer, size) == compressed_text);
  CHECK(f.peer.texts() == lines{text, text});
}

TEST_CASE("a shared or borrowed payload is compressed as well, and left as it is") {
  const auto shared = websock::share(websock::text(json_like(500)));
  const websock::message kept = shared;
  script todo;
  todo.handle_in = [&](websock::message_view in) {
    return websock::push({in, kept, kept.uncompressed(), kept});
  };
  fixture f(compressing, todo);
  f.peer.text(json_like(400));
  f.node.run_until_idle();
  CHECK(f.peer.texts()
        == lines{json_like(400), json_like(500), json_like(500), json_like(500)});
  CHECK(kept.compression() == protocol::compression::allowed);
}

TEST_CASE("nothing is compressed where it was not asked for") {
  fixture f;
  f.peer.text(std::string(1'000, 'a'));
  f.node.run_until_idle();
  CHECK(first_octet(f.peer, 0) == plain_text);
  f.peer.raw(hex("c1 87 00000000 f2 48 cd c9 c9 07 00"));
  f.node.run_until_idle();
  CHECK(f.peer.close_frame()->first == 1002);
}

TEST_CASE("what breaks the rules of compression closes with a code [12]") {
  struct row {
    const char* octets;
    std::uint16_t code;
    const char* reason;
  };
  const row rows[] = {
      {"c1 83 00000000 ff ff ff", 1007,
       "RFC 7692 §7.2.2: compressed message is not DEFLATE"},
      {"c1 83 00000000 f2 48 cd", 1007,
       "RFC 7692 §7.2.2: compressed message ends inside a block"},
      {"c9 80 00000000", 1002, "RFC 7692 §6: RSV1 set on a control frame"},
      {"41 80 00000000 c0 80 00000000", 1002,
       "RFC 7692 §6: RSV1 set on a continuation frame"},
      {"a1 80 00000000", 1002, "RFC 6455 §5.2: reserved bit set without an extension"}};
  for (const auto& each : rows) {
    CAPTURE(each.octets);
    fixture f(compressing);
    f.peer.raw(hex(each.octets));
    f.node.run_until_idle();
    CHECK(f.peer.close_frame() == close_frame(each.code, ""));
    CHECK(f.work->log.at(1)
          == "terminate {error, error: " + std::string(each.reason) + "}");
  }
}

TEST_CASE("a bomb closes with 1009 and never reaches the handler", "[RFC6455 §10.4]") {
  auto options = compressing;
  options.limits.max_message_size = 10'000;
  fixture f(options);
  f.peer.binary(std::string(16U << 20U, '\0'));
  f.node.run_until_idle();
  CHECK(f.peer.close_frame() == close_frame(1009, ""));
  CHECK(f.work->log.size() == 3); // init, terminate, destroyed
}

TEST_CASE("connections of one shard share contexts and never see each other's messages") {
  auto options = compressing;
  options.deflate.server_takeover = options.deflate.client_takeover =
      GENERATE(protocol::context_takeover::kept, protocol::context_takeover::none);
  runtime::testing::stepped_node node{1, {.shards = 1, .pool_threads = 1}};
  std::vector<std::shared_ptr<script>> scripts;
  std::vector<client> peers;
  for (int i = 0; i < 5; ++i) {
    scripts.push_back(std::make_shared<script>());
    peers.push_back(connect_with<scripted>(node, options, scripts.back()));
  }
  for (std::size_t round = 0; round < 10; ++round) {
    for (std::size_t i = 0; i < peers.size(); ++i)
      peers[i].text(json_like(100 + 37 * i + round));
    node.run_until_idle();
  }
  for (std::size_t i = 0; i < peers.size(); ++i) {
    lines expected;
    for (std::size_t round = 0; round < 10; ++round)
      expected.push_back(json_like(100 + 37 * i + round));
    CHECK(peers[i].texts() == expected);
  }
}

TEST_CASE("a connection may end in the middle of a compressed message") {
  runtime::testing::stepped_node node{1, {.shards = 1, .pool_threads = 1}};
  for (int i = 0; i < 3; ++i) {
    auto work = std::make_shared<script>();
    auto peer = connect_with<scripted>(node, compressing, work);
    peer.text(json_like(1'000));
    peer.raw(hex("41 83 00000000 f2 48 cd"));
    node.run_until_idle();
    peer.disconnect();
    node.run_until_idle();
    CHECK(work->log.at(2) == "terminate {error, error: closed}");
  }
}
