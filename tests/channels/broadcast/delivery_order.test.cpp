// Messages on their way to shards.
#include "websock/channels/broadcast/delivery_order.hpp"

#include "tests/catch.hpp"

#include <limits>
#include <string>

using websock::channels::delivery_order;
namespace runtime = websock::runtime;

namespace {

constexpr auto all = std::numeric_limits<std::uint64_t>::max();

delivery_order::message numbered(int number) {
  return {runtime::term(number), {}};
}
std::string taken(delivery_order& from, std::size_t shard, std::uint64_t until = all) {
  std::string text;
  while (const auto next = from.take(shard, until))
    text += std::to_string(*next->what.get_if<int>());
  return text;
}

} // namespace

TEST_CASE("each shard takes all messages in order, and then they are gone") {
  delivery_order order("t", 2);
  CHECK(order.is_empty());
  order.add(numbered(1));
  order.add(numbered(2));
  CHECK(order.newest() == 2);
  CHECK(taken(order, 0) == "12");
  CHECK(order.has_taken_all(0));
  CHECK_FALSE(order.has_taken_all(1));
  CHECK_FALSE(order.is_empty());
  CHECK(taken(order, 1) == "12");
  CHECK(order.is_empty());
  CHECK(order.newest() == 2);
}

TEST_CASE("a shard takes no more than it is told to") {
  delivery_order order("t", 2);
  for (int i = 1; i <= 3; ++i)
    order.add(numbered(i));
  CHECK(taken(order, 0, 1) == "1");
  CHECK(taken(order, 0, 1).empty());
  CHECK(taken(order, 1, 2) == "12");
  CHECK(taken(order, 0) == "23");
  order.add(numbered(4));
  CHECK(taken(order, 1) == "34");
  CHECK(taken(order, 0) == "4");
  CHECK(order.is_empty());
}

TEST_CASE("what is taken back was never there") {
  delivery_order order("t", 1);
  order.add(numbered(1));
  order.add(numbered(2));
  order.take_back();
  CHECK(order.newest() == 1);
  order.add(numbered(3));
  CHECK(taken(order, 0) == "13");
}
