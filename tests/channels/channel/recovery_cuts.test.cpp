// Clients that come to a node that was cut off: it knows nothing of what it has missed.
#include "tests/channels/joined_nodes.hpp"

#include <chrono>
#include <cstddef>
#include <deque>

using namespace tests;
using namespace std::chrono_literals;

namespace {

/// Until both have noticed.
void part(joined_nodes& lab, std::size_t i, std::size_t j) {
  lab.nodes.cut(i, j);
  lab.nodes.advance(90s); // until the ticks are missed
  lab.nodes.run_until_idle();
}
void meet(joined_nodes& lab, std::size_t i, std::size_t j) {
  lab.nodes.heal(i, j);
  lab.nodes.advance(90s);
  lab.nodes.cluster(i).connect(stepped_cluster::name(j));
  lab.nodes.run_until_idle();
}

} // namespace

TEST_CASE("what a cut has lost is not passed over once the nodes have met again") {
  joined_nodes lab(2);
  visitor there(lab);
  visitor here(lab);
  visit(there, lab, 0);
  visit(here, lab, 1);
  lab.say(0, 1);
  lab.say(1, 2);
  settle(there, lab);
  settle(here, lab);
  there.go();
  here.go();
  lab.nodes.cut(0, 1);
  lab.nodes.advance(90s); // until the ticks are missed
  lab.say(0, 3);
  lab.nodes.run_until_idle();
  lab.nodes.heal(0, 1);
  lab.nodes.advance(90s);
  lab.nodes.cluster(0).connect(stepped_cluster::name(1));
  lab.nodes.run_until_idle();
  lab.say(0, 4);
  lab.nodes.run_until_idle();
  visit(there, lab, 1);
  CHECK_FALSE(there.has_recovered());
  visit(here, lab, 1);
  CHECK_FALSE(here.has_recovered());
}

TEST_CASE("what a cut has lost is not passed over before the next message shows it") {
  joined_nodes lab(2);
  std::deque<visitor> pages; // by where they were, and where they come to
  for (std::size_t i = 0; i < 4; ++i) {
    pages.emplace_back(lab);
    visit(pages.back(), lab, i / 2);
  }
  lab.say(0, 1);
  lab.say(1, 2);
  lab.nodes.run_until_idle();
  for (auto& each : pages)
    each.go();
  part(lab, 0, 1);
  lab.say(0, 3);
  lab.say(1, 4);
  meet(lab, 0, 1);
  for (std::size_t i = 0; i < 4; ++i) {
    visit(pages[i], lab, i % 2);
    CHECK_FALSE(pages[i].has_recovered());
  }
}

TEST_CASE("a source that was never heard here is not taken for one that was silent") {
  joined_nodes lab(2);
  visitor page(lab);
  visit(page, lab, 0);
  page.go();
  part(lab, 0, 1);
  lab.say(0, 1);
  meet(lab, 0, 1);
  visit(page, lab, 1);
  CHECK_FALSE(page.has_recovered());
}

TEST_CASE("after a cut clients that have come since are recovered") {
  joined_nodes lab(2);
  part(lab, 0, 1);
  meet(lab, 0, 1);
  visitor page(lab);
  visit(page, lab, 0);
  lab.say(1, 1);
  lab.say(0, 2);
  settle(page, lab);
  page.go();
  lab.say(1, 3);
  lab.nodes.run_until_idle();
  visit(page, lab, 1);
  CHECK(page.has_recovered());
  settle(page, lab);
  CHECK(page.numbers().size() == 3);
}
