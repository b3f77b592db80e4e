// The memory of large messages: grown, read into, and kept for the next message.
#include "websock/protocol/message_buffer.hpp"

#include "websock/protocol/frame_writer.hpp"
#include "websock/protocol/message_assembler.hpp"
#include "websock/protocol/octets.hpp"

#include "tests/catch.hpp"
#include "tests/websock/protocol/deflate_lab.hpp"

#include <algorithm>
#include <cstddef>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

using namespace websock::protocol;
using namespace websock::testing;

namespace {

[[nodiscard]] std::span<const std::byte> octets(std::string_view text) {
  return std::as_bytes(std::span(text));
}

[[nodiscard]] std::string masked(opcode code, std::string_view payload,
                                 fin last = fin::set) {
  std::string frame;
  append_masked_frame(frame, code, payload, some_key(), last);
  return frame;
}

/// Feeds `stream` as a socket would, `most` octets at a time, to the place that the
/// assembler asks for; adds what was asked for to `placed`.
lines read_in_place(std::string_view stream, message_assembler& assembler,
                    std::size_t most, std::size_t& placed) {
  lines found;
  std::vector<std::byte> anywhere(most);
  while (!stream.empty()) {
    auto into = assembler.room();
    const bool is_placed = !into.empty();
    if (!is_placed)
      into = anywhere;
    const auto count = std::min({into.size(), stream.size(), most});
    std::copy_n(octets(stream).begin(), count, into.begin());
    stream.remove_prefix(count);
    placed += is_placed ? count : 0;
    auto in = into.first(count);
    for (auto event = assembler.next(in); event.what != event::kind::need_more;
         event = assembler.next(in)) {
      found.push_back(line_of(event));
      if (event.what == event::kind::failed)
        return found;
    }
  }
  return found;
}

} // namespace

TEST_CASE(
    "a buffer keeps what is in it while it grows, and what was read into its room") {
  message_buffer buffer;
  CHECK(buffer.empty());
  CHECK(buffer.room().empty());
  buffer.append(octets("Hello"));
  buffer.reserve(100'000);
  REQUIRE(buffer.capacity() == 100'000);
  const auto room = buffer.room();
  REQUIRE(room.size() == 99'995);
  std::copy_n(octets(", you").begin(), 5, room.begin());
  buffer.append(room.first(5));
  CHECK(as_chars(buffer.octets()) == "Hello, you");
  CHECK(buffer.octets().data() + 5 == room.data());
  message_buffer other = std::move(buffer);
  CHECK(buffer.empty());
  CHECK(buffer.capacity() == 0);
  CHECK(as_chars(other.octets()) == "Hello, you");
  other.clear();
  CHECK(other.empty());
  CHECK(other.capacity() == 100'000);
}

TEST_CASE("spare buffers are taken by size, and kept up to a limit") {
  message_buffers spares;
  CHECK(spares.take(1).capacity() == 0);
  for (const std::size_t size : {100'000U, 1'000'000U, 3'000'000U, 500'000U}) {
    message_buffer buffer;
    buffer.reserve(size);
    buffer.append(octets("x"));
    spares.put(std::move(buffer));
  }
  spares.put({});
  CHECK(spares.heap_size() == 4'100'000); // one did not fit
  auto large = spares.take(2'000'000);
  CHECK(large.capacity() == 3'000'000);
  CHECK(large.empty());
  CHECK(spares.take(2'000'000).capacity() == 0);
  CHECK(spares.heap_size() == 1'100'000);
}

TEST_CASE(
    "octets that are read to their place make the messages that they make anywhere") {
  for (unsigned seed = 0; seed < 60; ++seed) {
    std::mt19937 random(seed);
    std::string stream;
    lines expected;
    for (int i = 0; i < 6; ++i) {
      std::string text =
          json_like(random() % 2 == 0 ? random() % 300'000 : random() % 50);
      expected.push_back("text " + text);
      const auto cut = random() % (text.size() + 1);
      stream += masked(opcode::text, text.substr(0, cut), fin::clear);
      if (random() % 2 == 0) {
        stream += masked(opcode::ping, "between");
        expected.insert(expected.end() - 1, "ping between");
      }
      stream += masked(opcode::continuation, text.substr(cut));
    }
    message_limits limits;
    message_buffers spares;
    message_assembler assembler(role::server, limits, nullptr,
                                seed % 2 == 0 ? &spares : nullptr);
    std::size_t placed = 0;
    CHECK(read_in_place(stream, assembler, 1 + random() % 100'000, placed) == expected);
    CHECK(spares.heap_size() <= message_buffers::most_kept);
  }
}

TEST_CASE("most of a large frame is read to its place, with memory that it has earned") {
  const std::string text = json_like(1'000'000);
  const std::string stream = masked(opcode::text, text);
  message_limits limits;
  message_buffers spares;
  message_assembler assembler(role::server, limits, nullptr, &spares);
  std::size_t placed = 0;
  CHECK(read_in_place(stream.substr(0, 70'000), assembler, 65'536, placed).empty());
  CHECK(assembler.heap_size() <= 2 * 70'000 + 100);
  CHECK(read_in_place(stream.substr(70'000), assembler, 65'536, placed)
        == lines{"text " + text});
  CHECK(placed > 900'000);
  CHECK(assembler.heap_size() == 0);
  CHECK(spares.heap_size() >= 1'000'000);
  placed = 0; // the spare has room for all of the next one
  CHECK(read_in_place(stream, assembler, 2'000'000, placed) == lines{"text " + text});
  CHECK(read_in_place(stream.substr(0, 70'000), assembler, 65'536, placed).empty());
  CHECK(assembler.room().size() == stream.size() - 70'000);
}

TEST_CASE("a message that comes in many pieces finds more memory only a few times") {
  const std::string piece(1'000'000, 'x');
  std::string stream = masked(opcode::binary, "", fin::clear);
  for (int i = 0; i < 8; ++i)
    stream += masked(opcode::continuation, piece, fin::clear);
  stream += masked(opcode::continuation, "");
  message_limits limits;
  message_assembler assembler(role::server, limits);
  constexpr std::size_t record = 16'384; // of TLS
  std::size_t placed = 0;
  std::size_t growths = 0;
  for (std::size_t at = 0; at < stream.size(); at += record) {
    const auto before = assembler.heap_size();
    static_cast<void>(read_in_place(std::string_view(stream).substr(at, record),
                                    assembler, record, placed));
    if (assembler.heap_size() > before)
      ++growths;
  }
  CHECK(placed > 7'500'000);
  CHECK(growths < 40);
}

TEST_CASE("a broken text is refused in its place as it is anywhere") {
  std::string text = json_like(200'000);
  text[150'000] = '\xFF';
  message_limits limits;
  message_assembler assembler(role::server, limits);
  std::size_t placed = 0;
  const auto found = read_in_place(masked(opcode::text, text), assembler, 65'536, placed);
  REQUIRE(found.size() == 1);
  CHECK(found[0].starts_with("failed 1007"));
  CHECK(assembler.room().empty());
}

TEST_CASE(
    "the memory of a delivered message can be had, once, and comes back when dropped") {
  const std::string text = json_like(300'000);
  message_limits limits;
  message_buffers spares;
  message_assembler assembler(role::server, limits, nullptr, &spares);
  std::string stream = masked(opcode::text, text);
  auto head = std::as_writable_bytes(std::span(stream)).first(100'000);
  REQUIRE(assembler.next(head).what == event::kind::need_more);
  auto rest = std::as_writable_bytes(std::span(stream)).subspan(100'000);
  const auto whole = assembler.next(rest);
  REQUIRE(whole.what == event::kind::text);
  const auto payload = as_chars(whole.payload);
  CHECK(assembler.take_message(payload.substr(1)) == nullptr);
  auto kept = assembler.take_message(payload);
  REQUIRE(kept != nullptr);
  CHECK(assembler.take_message(payload) == nullptr);
  std::span<std::byte> nothing;
  REQUIRE(assembler.next(nothing).what == event::kind::need_more);
  CHECK(assembler.heap_size() == 0);
  CHECK(payload == text);
  CHECK(spares.heap_size() == 0);
  kept.reset();
  CHECK(spares.heap_size() >= 300'000);
}
