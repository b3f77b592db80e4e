// What a peer can cost by sending a lot of little: measured in octets and allocations,
// not in time.
#include "websock/connection/connection_process.hpp"
#include "websock/handshake/route_result.hpp"
#include "websock/protocol/frame_writer.hpp"
#include "websock/protocol/message_assembler.hpp"
#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/testing/stepped_node.hpp"
#include "websock/testing/memory/memory_transport.hpp"

#include "tests/catch.hpp"
#include "tests/support/allocations.hpp"

#include <algorithm>
#include <limits>
#include <memory>
#include <string>

namespace runtime = websock::runtime;

using namespace websock::protocol;

namespace {

constexpr std::size_t million = 1'000'000;

std::string masked(opcode code, std::string_view payload, fin last = fin::set) {
  std::string out;
  append_masked_frame(out, code, payload, {}, last);
  return out;
}

std::string repeated(const std::string& octets, std::size_t times) {
  std::string out;
  out.reserve(octets.size() * times);
  for (std::size_t i = 0; i < times; ++i)
    out += octets;
  return out;
}

struct cost {
  std::size_t allocations = 0;
  std::size_t heap = 0; // at most, at any time
  std::size_t events = 0;
};

// A message of a million fragments, 64 KiB at a time.
cost of_a_million(const std::string& fragment) {
  static constexpr message_limits limits{.max_fragments =
                                             std::numeric_limits<std::uint32_t>::max()};
  message_assembler assembler(role::server, limits);
  std::string octets =
      masked(opcode::binary, "", fin::clear) + repeated(fragment, million);
  auto in = std::as_writable_bytes(std::span{octets});
  cost found;
  const auto before = tests::allocations();
  while (!in.empty()) {
    auto chunk = in.first(std::min<std::size_t>(in.size(), 65'536));
    in = in.subspan(chunk.size());
    found.events += assembler.next(chunk).what == event::kind::need_more ? 0U : 1U;
    found.heap = std::max(found.heap, assembler.heap_size());
  }
  found.allocations = tests::allocations() - before;
  return found;
}

class silent final : public websock::handler {
  websock::handle_result handle_in(websock::message_view in) override {
    return websock::push(in);
  }
};

} // namespace

TEST_CASE("a million empty fragments cost no memory") {
  const auto found = of_a_million(masked(opcode::continuation, "", fin::clear));
  CHECK(found.heap == 0);
  CHECK(found.allocations == 0);
  CHECK(found.events == 0);
}

TEST_CASE("a million fragments of one octet cost their octets") {
  const auto found = of_a_million(masked(opcode::continuation, "x", fin::clear));
  CHECK(found.heap >= million);
  CHECK(found.heap <= 2 * million + 8'192);
  CHECK(found.allocations <= 32); // so that they are copied a few times, not each time
  CHECK(found.events == 0);
}

TEST_CASE("a million pings between two fragments cost no memory") {
  const auto octets = masked(opcode::ping, "p");
  const message_limits limits;
  message_assembler assembler(role::server, limits);
  std::string first = masked(opcode::text, "a", fin::clear);
  auto start = std::as_writable_bytes(std::span{first});
  CHECK(assembler.next(start).what == event::kind::need_more);
  const auto held = assembler.heap_size();
  std::size_t wrong = 0;
  std::string ping;
  for (std::size_t i = 0; i < million; ++i) {
    ping = octets;
    auto in = std::as_writable_bytes(std::span{ping});
    wrong += assembler.next(in).what == event::kind::ping ? 0U : 1U;
  }
  CHECK(wrong == 0);
  CHECK(assembler.heap_size() == held);
}

TEST_CASE("a peer that sends a million pings and reads nothing is not read further") {
  runtime::testing::stepped_node node(1, {.shards = 1, .pool_threads = 1});
  auto& shard = node.node().shard_at(0);
  websock::connection_host host(shard);
  const websock::upgrade_options options{.timeout = std::chrono::hours(1),
                                         .send_timeout = std::chrono::hours(1)};
  const auto pipe = std::make_shared<websock::testing::memory_pipe>(shard);
  pipe->window = 0;
  websock::connection_setup setup{
      &host,
      std::make_unique<websock::testing::memory_transport>(pipe),
      std::make_shared<const websock::upgrade_options>(options),
      websock::detail::make_factory<silent>(),
      {},
      {},
      host.expect()};
  const auto pid = node.node().spawn_on<websock::connection_process>(0, std::move(setup));
  const auto ping = masked(opcode::ping, "");
  constexpr std::size_t pong_size = 2;
  pipe->to_server = repeated(ping, million);
  pipe->notify();
  node.run_until_idle();

  const auto read = million * ping.size() - pipe->to_server.size();
  const auto answered = read / ping.size() * pong_size;
  const auto answer_to_one_read = shard.scratch().size() / ping.size() * pong_size;
  CHECK(answered > options.high_mark);
  CHECK(answered <= options.high_mark + answer_to_one_read + pong_size);

  pipe->window = std::numeric_limits<std::size_t>::max(); // now it reads
  pipe->notify();
  node.run_until_idle();
  CHECK(pipe->to_server.empty());
  CHECK(pipe->to_client == repeated(std::string("\x8A\0", 2), million));

  node.node().exit(pid, runtime::reason::kill);
  shard.post([&](runtime::shard&) { host.give_up(); });
  node.run_until_idle();
}
