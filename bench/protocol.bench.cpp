// What the octets of a frame cost, without a socket: parsing, unmasking, UTF-8 checks,
// writing. Times are per frame or call; the first argument is the payload size in octets.
#include "websock/protocol/frame_parser.hpp"
#include "websock/protocol/frame_writer.hpp"
#include "websock/protocol/mask.hpp"
#include "websock/protocol/message_assembler.hpp"
#include "websock/protocol/octets.hpp"
#include "websock/protocol/utf8_validator.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace websock::protocol;

constexpr mask_key key = {std::byte{0xA5}, std::byte{0x01}, std::byte{0xFF},
                          std::byte{0x3C}};
constexpr std::size_t frames = 16; // per input, as one read may deliver them

[[nodiscard]] std::string ascii(std::size_t size) {
  return std::string(size, 'a');
}

/// Text whose characters take two octets each.
[[nodiscard]] std::string cyrillic(std::size_t size) {
  std::string text;
  while (text.size() + 2 <= size)
    text += "\xD0\x96";
  return text + std::string(size - text.size(), 'a');
}

[[nodiscard]] std::string masked_frames(std::size_t size, opcode code) {
  std::string wire;
  for (std::size_t i = 0; i < frames; ++i)
    append_masked_frame(wire, code, ascii(size), key);
  return wire;
}

[[nodiscard]] std::size_t size_of(const benchmark::State& state) {
  return static_cast<std::size_t>(state.range(0));
}

void count(benchmark::State& state, std::size_t each) {
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(each));
}

/// Calls `parse(input)` on a fresh copy of the frames each time, because unmasking
/// changes them.
template <class Parse>
void over_copies(benchmark::State& state, opcode code, Parse parse) {
  const auto wire = masked_frames(size_of(state), code);
  std::vector<char> input(wire.size());
  while (state.KeepRunningBatch(frames)) {
    std::copy(wire.begin(), wire.end(), input.begin());
    parse(std::as_writable_bytes(std::span(input)));
  }
  count(state, size_of(state));
}

/// The cost of the copy in the other benchmarks.
void copy_frames(benchmark::State& state) {
  over_copies(state, opcode::binary,
              [](std::span<std::byte> in) { benchmark::DoNotOptimize(in.data()); });
}

void parse_frames(benchmark::State& state) {
  frame_parser parser(role::server);
  over_copies(state, opcode::binary, [&](std::span<std::byte> in) {
    while (!in.empty())
      benchmark::DoNotOptimize(parser.next(in, 8'000'000).what);
  });
}

void assemble_messages(benchmark::State& state, opcode code) {
  const message_limits limits;
  message_assembler assembler(role::server, limits);
  over_copies(state, code, [&](std::span<std::byte> in) {
    while (!in.empty())
      benchmark::DoNotOptimize(assembler.next(in).what);
  });
}

void unmask(benchmark::State& state) {
  auto octets = ascii(size_of(state));
  for (auto _ : state) {
    apply_mask(std::as_writable_bytes(std::span(octets)), key);
    benchmark::ClobberMemory();
  }
  count(state, octets.size());
}

void check_utf8(benchmark::State& state, std::string (*make)(std::size_t)) {
  const auto text = make(size_of(state));
  for (auto _ : state)
    benchmark::DoNotOptimize(is_valid_utf8(text));
  count(state, text.size());
}

void write_frames(benchmark::State& state) {
  const auto payload = ascii(size_of(state));
  std::string out;
  while (state.KeepRunningBatch(frames)) {
    out.clear();
    for (std::size_t i = 0; i < frames; ++i)
      append_frame(out, opcode::text, payload);
    benchmark::DoNotOptimize(out.data());
  }
  count(state, payload.size());
}

void sizes(benchmark::internal::Benchmark* of) {
  of->ArgName("size")->Arg(8)->Arg(64)->Arg(1'024)->Arg(16'384);
}

BENCHMARK(copy_frames)->Apply(sizes);
BENCHMARK(parse_frames)->Apply(sizes);
BENCHMARK_CAPTURE(assemble_messages, binary, opcode::binary)->Apply(sizes);
BENCHMARK_CAPTURE(assemble_messages, text, opcode::text)->Apply(sizes);
BENCHMARK(unmask)->Apply(sizes);
BENCHMARK_CAPTURE(check_utf8, ascii, ascii)->Apply(sizes);
BENCHMARK_CAPTURE(check_utf8, cyrillic, cyrillic)->Apply(sizes);
BENCHMARK(write_frames)->Apply(sizes);

} // namespace
