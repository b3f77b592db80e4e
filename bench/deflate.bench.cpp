// What compression costs per message: from the octets of its frame to those of its echo,
// without a socket. `octets` is the size of the echo's frame, `held` the heap that the
// connection holds between messages.
#include "websock/protocol/message_assembler.hpp"
#include "websock/protocol/message_writer.hpp"
#include "websock/protocol/octets.hpp"

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace {

using namespace websock::protocol;

constexpr int batch = 256; // messages between two clock reads

mask_key some_key() noexcept {
  return {std::byte{0xA5}, std::byte{0x01}, std::byte{0xFF}, std::byte{0x3C}};
}

/// A chat or feed message; no two are the same.
std::string json(std::size_t size, std::uint32_t& seed) {
  std::string text = R"({"type":"said","room":"lobby","items":[)";
  while (text.size() < size) {
    seed = seed * 1'664'525U + 1'013'904'223U;
    text += R"({"id":)" + std::to_string(seed >> 12U) + R"(,"nick":"user)"
            + std::to_string(seed >> 24U) + R"(","online":true,"score":)"
            + std::to_string(seed % 1'000U) + "},";
  }
  text.resize(size);
  return text;
}

enum class agreed : std::int64_t { nothing, no_takeover, takeover };

class echo {
public:
  echo(agreed what, int level) {
    if (what == agreed::nothing)
      return;
    const deflate_direction way{15, what == agreed::takeover ? context_takeover::kept
                                                             : context_takeover::none};
    const deflate_options how{.level = level};
    client = message_writer(some_key,
                            std::make_unique<message_deflater>(way, how, pool_of_client));
    server = message_writer(nullptr, std::make_unique<message_deflater>(way, how, pool));
    assembler = std::make_unique<message_assembler>(
        role::server, limits, std::make_unique<message_inflater>(way, pool));
  }

  void answer(std::string& frames) {
    auto in = std::as_writable_bytes(std::span(frames));
    for (auto event = assembler->next(in); event.what == event::kind::text;
         event = assembler->next(in))
      server.append_message(out, opcode::text, as_chars(event.payload));
  }

  deflate_pool pool_of_client;
  deflate_pool pool;
  message_limits limits;
  message_writer client{some_key};
  message_writer server;
  std::unique_ptr<message_assembler> assembler =
      std::make_unique<message_assembler>(role::server, limits);
  std::string out;
};

void echo_message(benchmark::State& state) {
  const auto size = static_cast<std::size_t>(state.range(0));
  echo end(agreed(state.range(1)), static_cast<int>(state.range(2)));
  std::uint32_t seed = 1;
  std::size_t octets = 0;
  std::string frames;
  for (auto _ : state) {
    state.PauseTiming();
    frames.clear();
    end.out.clear();
    for (int i = 0; i < batch; ++i)
      end.client.append_message(frames, opcode::text, json(size, seed));
    state.ResumeTiming();
    end.answer(frames);
    octets += end.out.size();
  }
  const auto messages = static_cast<double>(state.iterations()) * batch;
  state.SetItemsProcessed(state.iterations() * batch);
  state.counters["octets"] = static_cast<double>(octets) / messages;
  state.counters["held"] =
      static_cast<double>(end.assembler->heap_size() + end.server.heap_size());
  state.counters["per_message"] = benchmark::Counter(
      messages, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

BENCHMARK(echo_message)
    ->ArgNames({"size", "takeover", "level"})
    ->ArgsProduct({{64, 1'024, 16'384}, {0, 1, 2}, {1, 6}});

} // namespace
