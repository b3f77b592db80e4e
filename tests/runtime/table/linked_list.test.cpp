// An intrusive list of objects that others own.
#include "websock/runtime/table/linked_list.hpp"

#include "tests/catch.hpp"

#include <vector>

namespace runtime = websock::runtime;

namespace {

struct entry {
  int number = 0;
  runtime::detail::list_links<entry> links = {};
};
using list = runtime::detail::linked_list<entry>;

[[nodiscard]] std::vector<int> numbers_of(const list& all) {
  std::vector<int> found;
  all.for_each([&](const entry& each) { found.push_back(each.number); });
  CHECK(found.size() == all.size());
  std::vector<int> walked;
  for (const auto* each = all.newest(); each != nullptr; each = each->links.older)
    walked.push_back(each->number);
  CHECK(walked == found);
  return found;
}

} // namespace

TEST_CASE("what is added last comes first") {
  list all;
  CHECK(all.newest() == nullptr);
  CHECK(numbers_of(all).empty());
  entry one{1};
  entry two{2};
  entry three{3};
  for (auto* each : {&one, &two, &three})
    all.add(*each);
  CHECK(numbers_of(all) == std::vector{3, 2, 1});

  SECTION("the newest one is taken out") {
    all.remove(three);
    CHECK(numbers_of(all) == std::vector{2, 1});
  }
  SECTION("the oldest one is taken out") {
    all.remove(one);
    CHECK(numbers_of(all) == std::vector{3, 2});
  }
  SECTION("one in the middle is taken out, and added again") {
    all.remove(two);
    CHECK(numbers_of(all) == std::vector{3, 1});
    all.add(two);
    CHECK(numbers_of(all) == std::vector{2, 3, 1});
  }
  SECTION("all are taken out") {
    for (auto* each : {&two, &three, &one})
      all.remove(*each);
    CHECK(numbers_of(all).empty());
    CHECK(all.newest() == nullptr);
  }
}

TEST_CASE("what a visit adds is left out") {
  list all;
  entry one{1};
  entry two{2};
  all.add(one);
  std::vector<int> visited;
  all.for_each([&](const entry& each) {
    visited.push_back(each.number);
    all.add(two);
  });
  CHECK(visited == std::vector{1});
  CHECK(numbers_of(all) == std::vector{2, 1});
}
