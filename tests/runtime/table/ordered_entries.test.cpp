// A list from which any entry can be removed.
#include "websock/runtime/table/ordered_entries.hpp"

#include "tests/catch.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace runtime = websock::runtime;

using runtime::detail::ordered_entries;

namespace {

[[nodiscard]] std::vector<int> all_of(const ordered_entries<int>& list) {
  std::vector<int> all;
  list.for_each([&](int each) { all.push_back(each); });
  std::vector<int> backwards;
  list.for_each_backwards([&](int each) { backwards.insert(backwards.begin(), each); });
  CHECK(all == backwards);
  CHECK(all.size() == list.size());
  CHECK(all.empty() == list.empty());
  return all;
}

} // namespace

TEST_CASE("entries stay in order whatever is taken out") {
  ordered_entries<int> list;
  for (std::uint64_t i = 1; i <= 6; ++i)
    list.append(i * 10, static_cast<int>(i));
  CHECK(list.take(30) == 3);
  CHECK(list.take(60) == 6);
  CHECK(all_of(list) == std::vector{1, 2, 4, 5});
  CHECK_FALSE(list.take(30));
  CHECK_FALSE(list.take(35));
  list.append(70, 7);
  CHECK(list.take(10) == 1);
  CHECK(all_of(list) == std::vector{2, 4, 5, 7});
  for (const std::uint64_t each : {20U, 40U, 50U, 70U})
    CHECK(list.take(each));
  CHECK(all_of(list).empty());
  list.append(80, 8);
  CHECK(all_of(list) == std::vector{8});
}

TEST_CASE("an entry is found by what it is, and can be changed there") {
  ordered_entries<int> list;
  list.append(1, 5);
  list.append(2, 6);
  *list.find_if([](int each) { return each == 6; }) = 7;
  CHECK(all_of(list) == std::vector{5, 7});
  CHECK(list.find_if([](int each) { return each == 6; }) == nullptr);
}

TEST_CASE("what is taken out of a list is gone from it at once") {
  ordered_entries<std::shared_ptr<int>> list;
  const auto value = std::make_shared<int>(1);
  list.append(1, value);
  list.append(2, nullptr);
  static_cast<void>(list.take(1));
  CHECK(value.use_count() == 1);
}
