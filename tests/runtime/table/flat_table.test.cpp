// The table of links and monitors behaves like std::unordered_map.
#include "websock/runtime/table/flat_table.hpp"

#include "websock/runtime/term/reference.hpp"

#include "tests/catch.hpp"
#include "tests/support/allocations.hpp"

#include <cstdint>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

namespace runtime = websock::runtime;

using runtime::reference;
using runtime::detail::flat_table;

namespace {

using table = flat_table<reference, std::string>;

[[nodiscard]] std::unordered_map<reference, std::string> contents(const table& from) {
  std::unordered_map<reference, std::string> all;
  for (const auto& [key, value] : from)
    REQUIRE(all.emplace(key, value).second);
  return all;
}

} // namespace

TEST_CASE("random changes of a flat table do what they do to std::unordered_map") {
  const auto seed = GENERATE(range(1U, 21U));
  std::mt19937_64 random(seed);
  const std::uint64_t keys = 1 + random() % 300; // few keys: many that are there already
  const std::uint64_t step = seed % 2 == 0 ? 1 : 4'096;
  const std::uint64_t growing = 30 + random() % 50; // percent
  table ours;
  std::unordered_map<reference, std::string> model;
  for (int i = 0; i < 4'000; ++i) {
    const reference key((1 + random() % keys) * step);
    const auto value = std::to_string(i);
    if (random() % 100 < growing)
      REQUIRE(ours.insert(key, value) == model.emplace(key, value).second);
    else
      REQUIRE(ours.erase(key) == (model.erase(key) > 0));
    REQUIRE(ours.size() == model.size());
    const auto found = model.find(key);
    REQUIRE(ours.contains(key) == (found != model.end()));
    if (found != model.end())
      REQUIRE(*ours.find(key) == found->second);
    if (i % 100 == 0)
      REQUIRE(contents(ours) == model);
  }
  REQUIRE(contents(ours) == model);
}

TEST_CASE("a flat table grows to a hundred thousand and shrinks to nothing") {
  constexpr std::uint64_t count = 100'000;
  flat_table<reference> all;
  CHECK(all.empty());
  CHECK_FALSE(all.contains(reference(1)));
  CHECK_FALSE(all.erase(reference(1)));
  for (std::uint64_t i = 1; i <= count; ++i)
    REQUIRE(all.insert(reference(i << 12U)));
  CHECK(all.size() == count);
  std::uint64_t found = 0;
  for (std::uint64_t i = 1; i <= count; ++i)
    found += all.contains(reference(i << 12U)) ? 1U : 0U;
  CHECK(found == count);
  for (std::uint64_t i = 1; i <= count; ++i)
    REQUIRE(all.erase(reference(i << 12U)));
  CHECK(all.empty());
  CHECK(all.begin() == all.end());
}

TEST_CASE(
    "a flat table makes a value that is asked for, and takes out what is extracted") {
  flat_table<reference, int> counts;
  counts[reference(7)] += 2;
  counts[reference(7)] += 3;
  CHECK(*counts.find(reference(7)) == 5);
  CHECK(counts.extract(reference(7)) == 5);
  CHECK_FALSE(counts.extract(reference(7)));
  CHECK_FALSE(counts.find(reference(7)));
}

TEST_CASE("a flat table allocates nothing for one entry, whichever it is") {
  if (!tests::are_allocations_counted())
    return;
  flat_table<reference, int> one;
  const auto before = tests::allocations();
  for (std::uint64_t i = 1; i < 100; ++i) {
    one.insert(reference(i), 1);
    one.erase(reference(i));
  }
  one.insert(reference(7), 2);
  const auto after = tests::allocations();
  CHECK(after == before);
  CHECK(*one.find(reference(7)) == 2);
  CHECK_FALSE(one.contains(reference(8)));
  CHECK_FALSE(one.contains(reference()));
}

TEST_CASE("a flat table that loses its last entry of several holds one again") {
  flat_table<reference, std::string> some;
  for (int round = 0; round < 3; ++round) {
    for (std::uint64_t i = 1; i <= 5; ++i)
      CHECK(some.insert(reference(i), std::to_string(i)));
    for (std::uint64_t i = 1; i <= 5; ++i)
      CHECK(some.extract(reference(i)) == std::to_string(i));
    CHECK(some.empty());
    CHECK(some.insert(reference(9), "nine"));
    CHECK(some.take_all().size() == 1);
    CHECK(some.begin() == some.end());
  }
}
