// The opcodes of RFC 6455 §5.2.

#include "websock/protocol/opcode.hpp"

#include "tests/catch.hpp"

using namespace websock::protocol;

TEST_CASE("the opcodes that RFC 6455 §5.2 defines are known, the reserved ones are not",
          "[RFC6455 §5.2]") {
  const int number = GENERATE(range(0, 16));
  const bool defined = number <= 2 || (number >= 8 && number <= 10);
  CHECK(is_known(static_cast<opcode>(number)) == defined);
}

TEST_CASE("opcodes from 8 on are those of control frames, known or not",
          "[RFC6455 §5.5]") {
  const int number = GENERATE(range(0, 16));
  CHECK(is_control(static_cast<opcode>(number)) == (number >= 8));
}
