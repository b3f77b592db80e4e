// The output buffer: shared during a turn, a connection's own behind a slow peer.
#include "websock/output_buffer.hpp"

#include "tests/catch.hpp"

#include <algorithm>
#include <cstddef>
#include <string>

using websock::output_buffer;

TEST_CASE("what was gathered leaves at once, and the shared buffer is free again") {
  std::string shared;
  output_buffer buffer(shared);
  CHECK(buffer.unsent().empty());
  buffer.target() += "hello";
  buffer.target() += " there";
  CHECK(buffer.unsent() == "hello there");
  CHECK_FALSE(buffer.is_backlogged());
  buffer.consume(11);
  CHECK(buffer.unsent().empty());
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
  CHECK(slow.unsent() == "cdef");
  CHECK(shared.empty());
  other.target() += "other";
  CHECK(other.unsent() == "other");
  slow.target() += "gh";
  CHECK(slow.unsent() == "cdefgh");
  other.consume(5);
  CHECK_FALSE(other.is_backlogged());
  slow.consume(0);
  CHECK(slow.unsent() == "cdefgh");
  slow.consume(1);
  CHECK(slow.unsent() == "defgh");
  slow.consume(5);
  CHECK(slow.unsent().empty());
  CHECK_FALSE(slow.is_backlogged());
}

TEST_CASE("nothing left: all of it waits") {
  std::string shared;
  output_buffer buffer(shared);
  buffer.target() += "abc";
  buffer.consume(0);
  CHECK(buffer.is_backlogged());
  CHECK(buffer.unsent() == "abc");
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
      const auto count = std::min(piece, buffer.unsent().size());
      left += buffer.unsent().substr(0, count);
      buffer.consume(count);
    }
    while (!buffer.unsent().empty()) {
      const auto count = std::min(piece, buffer.unsent().size());
      left += buffer.unsent().substr(0, count);
      buffer.consume(count);
    }
    CHECK(left == expected);
  }
}
