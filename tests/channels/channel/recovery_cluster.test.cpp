// Clients that come back to another node than they were on, stepped: what they have seen
// of each node decides what they get.
#include "tests/channels/joined_nodes.hpp"

#include <algorithm>
#include <cstddef>
#include <deque>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace tests;

namespace {

using numbers = std::vector<int>;

} // namespace

TEST_CASE(
    "a client that comes back to another node gets what it has missed, and no more") {
  joined_nodes lab(2);
  visitor page(lab);
  visit(page, lab, 0);
  lab.say(0, 1);
  lab.say(1, 2);
  settle(page, lab);
  REQUIRE(page.numbers() == numbers{1, 2});
  page.go();
  lab.say(1, 3);
  lab.say(0, 4);
  lab.nodes.run_until_idle();
  lab.say(1, 5);
  lab.nodes.run_until_idle();
  visit(page, lab, 1);
  CHECK(page.has_recovered());
  CHECK(page.numbers().size() == 5);
  CHECK(page.numbers().back() == 5);
  lab.say(0, 6);
  lab.say(1, 7);
  settle(page, lab);
  const auto all = page.numbers();
  CHECK(std::set<int>(all.begin(), all.end()) == std::set<int>{1, 2, 3, 4, 5, 6, 7});
  CHECK(all.size() == 7);
}

TEST_CASE("a client of a node that has gone is recovered on another, and back again") {
  joined_nodes lab(2);
  visitor page(lab);
  visit(page, lab, 0);
  lab.say(1, 1);
  settle(page, lab);
  lab.say(0, 2);
  settle(page, lab);
  lab.nodes.leave(0);
  lab.nodes.run_until_idle();
  page.go();
  lab.say(1, 3);
  visit(page, lab, 1);
  CHECK(page.has_recovered());
  CHECK(page.numbers() == numbers{1, 2, 3});
  page.go();
  lab.say(1, 4);
  visit(page, lab, 1);
  CHECK(page.has_recovered());
  CHECK(page.numbers() == numbers{1, 2, 3, 4});
}

TEST_CASE("on its own node a client of a cluster is recovered as without one") {
  joined_nodes lab(2);
  visitor page(lab);
  visit(page, lab, 0);
  CHECK_FALSE(page.has_recovered());
  page.go();
  lab.say(1, 1);
  lab.say(0, 2);
  lab.nodes.run_until_idle();
  visit(page, lab, 0);
  CHECK(page.has_recovered());
  CHECK(page.numbers().size() == 2);
}

TEST_CASE("a client that has seen more than the node it comes to loads the room anew") {
  joined_nodes lab(2);
  visitor page(lab);
  visit(page, lab, 0);
  lab.say(1, 1);
  lab.say(0, 2);
  settle(page, lab);
  lab.nodes.cut(0, 1);
  lab.say(0, 3);
  settle(page, lab);
  REQUIRE(page.numbers().back() == 3);
  page.go();
  visit(page, lab, 1);
  CHECK_FALSE(page.has_recovered());
}

TEST_CASE("a position that is older than what is kept, or nonsense, is not recovered") {
  joined_nodes lab(2);
  visitor page(lab);
  visit(page, lab, 0);
  lab.say(0, 1);
  lab.say(1, 2);
  settle(page, lab);
  const auto good = page.last();
  REQUIRE(good.at("seen").is_object());
  const auto try_with = [&](json position) {
    page.go();
    page.last() = std::move(position);
    visit(page, lab, 1);
    return page.has_recovered();
  };
  CHECK(try_with(good));
  auto old = good;
  old["seen"][""] = good.at("seen").at("").get<std::uint64_t>() - 541'000'000;
  CHECK_FALSE(try_with(old));
  for (const auto& seen : {json(7), json::array(), json{{"a", "b"}}, json{{"a", -1}},
                           json{{std::string(65, 'x'), 1}}, json::object()}) {
    auto bad = good;
    bad["seen"] = seen;
    CHECK_FALSE(try_with(bad));
  }
  auto many = good;
  for (int i = 0; i < 100; ++i)
    many["seen"][std::to_string(i)] = i;
  CHECK_FALSE(try_with(many));
  auto without = good;
  without.erase("seen");
  CHECK_FALSE(try_with(without));
}

TEST_CASE("random programs: pages that change nodes miss nothing and get nothing twice") {
  std::size_t recovered_elsewhere = 0;
  for (unsigned seed = 1; seed <= 40; ++seed) {
    INFO("seed " << seed);
    joined_nodes lab(3, seed);
    std::mt19937 random(seed);
    const auto pick = [&](std::size_t below) { return random() % below; };
    std::deque<visitor> pages;
    for (int i = 0; i < 4; ++i)
      pages.emplace_back(lab);
    std::map<std::size_t, std::size_t> since; // by page: how much was said before
    int said = 0;
    for (int i = 0; i < 120; ++i) {
      const auto which = pick(pages.size());
      auto& one = pages[which];
      if (pick(3) != 0) {
        lab.say(pick(3), ++said);
      } else if (one.is_here()) {
        one.go();
      } else {
        const auto before = one.at();
        lab.nodes.run_until_idle(); // what is on its way counts as said
        visit(one, lab, pick(3));
        if (!one.has_recovered())
          since[which] = static_cast<std::size_t>(said);
        else if (one.at() != before)
          ++recovered_elsewhere;
      }
      for (auto count = pick(8); count != 0; --count)
        lab.nodes.step();
    }
    lab.nodes.run_until_idle();
    for (std::size_t i = 0; i < pages.size(); ++i) {
      auto& one = pages[i];
      if (!one.is_here()) {
        visit(one, lab, pick(3));
        if (!one.has_recovered())
          since[i] = static_cast<std::size_t>(said);
      }
      one.read();
      auto got = one.numbers();
      std::sort(got.begin(), got.end());
      numbers expected;
      for (auto n = static_cast<int>(since[i]) + 1; n <= said; ++n)
        expected.push_back(n);
      CHECK(got == expected);
    }
  }
  CHECK(recovered_elsewhere > 50);
}
