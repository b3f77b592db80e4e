// What a compressed message may cost: memory close to the limit, and none while idle.
#include "websock/protocol/message_inflater.hpp"

#include "websock/protocol/octets.hpp"

#include "tests/catch.hpp"
#include "tests/websock/protocol/deflate_lab.hpp"

#include <string>
#include <utility>

using namespace websock::protocol;
using namespace websock::testing;

namespace {

constexpr std::uint64_t generous = 1U << 30U;
const deflate_direction kept{15, context_takeover::kept};
const deflate_direction alone{15, context_takeover::none};

std::string deflated(std::string_view message) {
  std::string out;
  deflater({}).append(out, message);
  return out;
}

} // namespace

TEST_CASE("a bomb fails at the limit, with memory near the limit", "[RFC6455 §10.4]") {
  deflate_pool pool;
  const std::string bomb = deflated(std::string(16U << 20U, '\0'));
  REQUIRE(bomb.size() < 17'000);
  const std::uint64_t limit = GENERATE(1'000U, 100'000U, 1'000'000U);
  message_inflater inflater(kept, pool);
  CHECK(inflater.feed(as_octets(bomb), limit, nullptr) == violation::message_too_big);
  CHECK(inflater.message().size() <= limit);
  constexpr std::size_t context_and_step = 70'000;
  CHECK(inflater.heap_size() + pool.heap_size() <= limit + context_and_step);
}

TEST_CASE("a bomb that comes in small parts fails as early", "[RFC6455 §10.4]") {
  deflate_pool pool;
  const std::string bomb = deflated(std::string(16U << 20U, '\0'));
  message_inflater inflater(kept, pool);
  std::size_t eaten = 0;
  auto why = violation::none;
  while (why == violation::none && eaten < bomb.size())
    why = inflater.feed(as_octets(bomb).subspan(eaten++, 1), 100'000, nullptr);
  CHECK(why == violation::message_too_big);
  CHECK(eaten < 200); // one octet of it is about a kilobyte
}

TEST_CASE("of two things that are wrong the first one is told, however they come",
          "[RFC6455 §8.1]") {
  const std::size_t at = GENERATE(99U, 100U);
  const std::string payload =
      deflated(std::string(at, 'x') + '\xFF' + std::string(100, 'x'));
  const auto expected = at < 100 ? violation::invalid_utf8 : violation::message_too_big;
  deflate_pool pool;
  for (const chunks& cut : chunkings(payload)) {
    message_inflater inflater(alone, pool);
    utf8_validator text;
    auto why = violation::none;
    for (const auto& part : cut)
      if (why == violation::none)
        why = inflater.feed(as_octets(part), 100, &text);
    REQUIRE(why == expected);
  }
}

TEST_CASE("without context takeover nothing is held between messages") {
  deflate_pool pool;
  message_inflater inflater(alone, pool);
  const std::string payload = deflated(std::string(1'000, 'a'));
  for (int i = 0; i < 3; ++i) {
    CHECK(inflater.heap_size() == 0);
    CHECK(inflater.feed(as_octets(payload), generous, nullptr) == violation::none);
    CHECK(inflater.heap_size() > 1'000);
    CHECK(inflater.finish(generous, nullptr) == violation::none);
    CHECK(inflater.message().size() == 1'000);
    inflater.release();
  }
  CHECK(inflater.heap_size() == 0);
}

TEST_CASE("with context takeover the context is held, and given back in the end") {
  deflate_pool pool;
  {
    message_inflater inflater(kept, pool);
    CHECK(inflater.heap_size() == 0);
    const std::string payload = deflated("Hello");
    CHECK(inflater.feed(as_octets(payload), generous, nullptr) == violation::none);
    CHECK(inflater.finish(generous, nullptr) == violation::none);
    inflater.release();
    CHECK(inflater.heap_size() > 32'768);
    CHECK(inflater.heap_size() < 45'000);
  }
  const auto used = pool.take_inflater(15);
  CHECK(used->heap_size() > 32'768); // its window is there already
}

TEST_CASE("a context that was given back in the middle of a message remembers nothing") {
  deflate_pool pool;
  for (const std::string_view half : {hex("f2 48 cd"), hex("ff ff"), deflated("Hello")}) {
    message_inflater inflater(kept, pool);
    static_cast<void>(inflater.feed(as_octets(half), generous, nullptr));
  }
  message_inflater inflater(kept, pool);
  const std::string payload = deflated("Hello");
  CHECK(inflater.feed(as_octets(payload), generous, nullptr) == violation::none);
  CHECK(inflater.finish(generous, nullptr) == violation::none);
  CHECK(as_chars(inflater.message()) == "Hello");
  message_inflater other(kept, pool); // "Hello" by reference to a message before
  CHECK(other.feed(as_octets(hex("f2 00 11 00 00")), generous, nullptr)
        == violation::corrupt_deflate);
}
