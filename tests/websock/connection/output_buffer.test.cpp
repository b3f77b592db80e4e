// The output buffer: shared during a turn, and the connection's own behind a slow peer.
#include "websock/connection/output_buffer.hpp"

#include "tests/catch.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <random>
#include <string>
#include <string_view>

using websock::output_buffer;

namespace {

/// All that is to be sent, as it would be gathered.
[[nodiscard]] std::string unsent(const output_buffer& buffer) {
  std::array<std::string_view, 64> pieces;
  std::string all;
  for (const auto piece : buffer.unsent(pieces))
    all += piece;
  CHECK(all.size() == buffer.size());
  return all;
}

[[nodiscard]] std::string take(output_buffer& buffer) {
  auto rest = buffer.take();
  std::array<std::string_view, 64> pieces;
  std::string all;
  while (!rest.empty()) {
    const auto first = rest.unsent(pieces).front();
    all += first;
    rest.consume(first.size());
  }
  return all;
}

[[nodiscard]] std::shared_ptr<const std::string> large(char letter,
                                                       std::size_t more = 0) {
  return std::make_shared<const std::string>(output_buffer::large + more, letter);
}

} // namespace

TEST_CASE("what was gathered leaves at once, and the shared buffer is free again") {
  std::string shared;
  output_buffer buffer(shared);
  CHECK(buffer.empty());
  buffer.target() += "hello";
  buffer.target() += " there";
  CHECK(unsent(buffer) == "hello there");
  CHECK_FALSE(buffer.is_backlogged());
  buffer.consume(11);
  CHECK(buffer.empty());
  CHECK_FALSE(buffer.is_backlogged());
  CHECK(shared.empty());
}

TEST_CASE("the shared buffer keeps its memory, unless one large message made it large") {
  std::string shared;
  output_buffer buffer(shared);
  buffer.target() += std::string(1'000, 'x');
  const auto capacity = shared.capacity();
  buffer.consume(1'000);
  CHECK(shared.capacity() == capacity);
  buffer.target() += std::string(1'000'000, 'x');
  buffer.consume(1'000'000);
  CHECK(shared.capacity() < 1'000);
}

TEST_CASE(
    "what did not leave becomes the connection's own, and later output follows it") {
  std::string shared;
  output_buffer slow(shared);
  output_buffer other(shared);
  slow.target() += "abcdef";
  slow.consume(2);
  CHECK(slow.is_backlogged());
  CHECK(unsent(slow) == "cdef");
  CHECK(shared.empty());
  other.target() += "other";
  CHECK(unsent(other) == "other");
  slow.target() += "gh";
  CHECK(unsent(slow) == "cdefgh");
  other.consume(5);
  CHECK_FALSE(other.is_backlogged());
  slow.consume(0);
  CHECK(unsent(slow) == "cdefgh");
  slow.consume(1);
  CHECK(unsent(slow) == "defgh");
  slow.consume(5);
  CHECK(slow.empty());
  CHECK_FALSE(slow.is_backlogged());
}

TEST_CASE("nothing left: all of it waits") {
  std::string shared;
  output_buffer buffer(shared);
  buffer.target() += "abc";
  buffer.consume(0);
  CHECK(buffer.is_backlogged());
  CHECK(unsent(buffer) == "abc");
}

TEST_CASE("a backlog that leaves in pieces stays in order, whatever the pieces") {
  for (std::size_t piece = 1; piece < 40; ++piece) {
    std::string shared;
    output_buffer buffer(shared);
    std::string expected;
    std::string left;
    for (int i = 0; i < 200; ++i) {
      const auto next = std::to_string(i) + ' ';
      expected += next;
      buffer.target() += next;
      const auto count = std::min(piece, unsent(buffer).size());
      left += unsent(buffer).substr(0, count);
      buffer.consume(count);
    }
    while (!buffer.empty()) {
      const auto count = std::min(piece, unsent(buffer).size());
      left += unsent(buffer).substr(0, count);
      buffer.consume(count);
    }
    CHECK(left == expected);
  }
}

TEST_CASE(
    "what is large is not copied, and small things before and after keep their place") {
  std::string shared;
  output_buffer buffer(shared);
  const auto block = large('x');
  buffer.target() += "before ";
  buffer.append(*block, block);
  buffer.append("after", block); // small: a copy
  CHECK(block.use_count() == 2);
  std::array<std::string_view, 4> pieces;
  const auto gathered = buffer.unsent(pieces);
  REQUIRE(gathered.size() == 3);
  CHECK(gathered[0] == "before ");
  CHECK(gathered[1].data() == block->data());
  CHECK(gathered[2] == "after");
  CHECK(buffer.size() == 12 + block->size());
  buffer.consume(buffer.size());
  CHECK(buffer.empty());
  CHECK(block.use_count() == 1);
  CHECK(shared.empty());
}

TEST_CASE("pieces for which there is no room are those that come last") {
  std::string shared;
  output_buffer buffer(shared);
  const auto block = large('x');
  for (int i = 0; i < 5; ++i) {
    buffer.target() += std::to_string(i);
    buffer.append(*block, block);
  }
  std::array<std::string_view, 3> pieces;
  const auto gathered = buffer.unsent(pieces);
  REQUIRE(gathered.size() == 3);
  CHECK(gathered[0] == "0");
  CHECK(gathered[2] == "1");
}

TEST_CASE("a backlog may be all of what is large, and is nobody else's") {
  std::string shared;
  output_buffer slow(shared);
  output_buffer other(shared);
  const auto block = large('x', 3);
  slow.target() += "ab";
  slow.append(*block, block);
  slow.consume(2 + output_buffer::large);
  CHECK(slow.is_backlogged());
  CHECK(slow.size() == 3);
  CHECK(unsent(slow) == "xxx");
  other.target() += "other";
  CHECK(unsent(other) == "other");
  slow.target() += "z";
  CHECK(unsent(slow) == "xxxz");
  CHECK(unsent(other) == "other");
  other.consume(5);
  CHECK(take(slow) == "xxxz");
  CHECK(slow.empty());
  CHECK_FALSE(slow.is_backlogged());
  CHECK(block.use_count() == 1);
}

TEST_CASE("small and large output leaves in order, in pieces of any size") {
  for (unsigned seed = 0; seed < 50; ++seed) {
    std::mt19937 random(seed);
    std::string shared;
    output_buffer buffer(shared);
    std::string expected;
    std::string left;
    for (int turn = 0; turn < 60; ++turn) {
      for (auto pushes = random() % 4; pushes > 0; --pushes) {
        const char letter = static_cast<char>('a' + random() % 26);
        if (random() % 3 == 0) {
          const auto block = large(letter, random() % 100);
          buffer.append(*block, block);
          expected += *block;
        } else {
          const std::string text(random() % 300, letter);
          buffer.target() += text;
          expected += text;
        }
      }
      const std::size_t most = random() % 2 == 0 ? buffer.size() : buffer.size() / 2;
      const auto count = most == 0 ? 0 : random() % (most + 1);
      left += unsent(buffer).substr(0, count);
      buffer.consume(count);
    }
    CHECK(left + take(buffer) == expected);
    CHECK(shared.empty());
  }
}

TEST_CASE("what comes back goes before all that is there, and waits as a backlog") {
  std::string shared;
  output_buffer buffer(shared);
  SECTION("nothing is there") {
    buffer.put_back("first");
    CHECK(unsent(buffer) == "first");
    CHECK(shared.empty());
  }
  SECTION("in the middle of a turn") {
    buffer.target() += " second";
    buffer.put_back("first");
    CHECK(unsent(buffer) == "first second");
    CHECK(shared.empty());
    buffer.target() += " third";
    CHECK(unsent(buffer) == "first second third");
  }
  SECTION("before a backlog of which some has left") {
    buffer.target() += "left second";
    buffer.consume(1);
    buffer.consume(4);
    buffer.put_back("first ");
    CHECK(unsent(buffer) == "first second");
  }
  SECTION("before what is large") {
    buffer.target() += " second ";
    const auto block = large('b');
    buffer.append(*block, block);
    buffer.put_back("first");
    CHECK(unsent(buffer) == "first second " + *block);
    buffer.consume(20);
    buffer.put_back("again");
    CHECK(unsent(buffer) == "again" + block->substr(7));
  }
  CHECK(buffer.is_backlogged());
}
