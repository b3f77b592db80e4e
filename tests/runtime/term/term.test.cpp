// Terms: types, matching, printing, equality, sharing.
#include "websock/runtime/term/term.hpp"

#include "websock/runtime/term/access.hpp"

#include "tests/catch.hpp"

#include <atomic>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

namespace runtime = websock::runtime;

using runtime::otherwise;
using runtime::term;

namespace {

struct plain {
  int value = 0;
};

struct comparable {
  int value = 0;
  friend bool operator==(const comparable&, const comparable&) = default;
};

struct printable {
  int value = 0;
  friend std::string to_string(const printable& shown) {
    return "printable " + std::to_string(shown.value);
  }
};

struct mark {};

struct tree {
  std::vector<tree> children;
  friend bool operator==(const tree&, const tree&) = default;
};

/// Counts its copies and how many of it are alive.
struct counted {
  struct counts {
    std::atomic<int> alive{0};
    std::atomic<int> copies{0};
  };
  explicit counted(counts& where) : where_(&where) { ++where_->alive; }
  counted(const counted& other) : where_(other.where_) {
    ++where_->alive;
    ++where_->copies;
  }
  counted(counted&& other) noexcept : where_(other.where_) { ++where_->alive; }
  counted& operator=(const counted&) = delete;
  ~counted() { --where_->alive; }

private:
  counts* where_;
};

template <class... Ts>
std::string shown(Ts&&... values) {
  return to_string(term(std::forward<Ts>(values)...));
}

} // namespace

TEST_CASE("a term holds exactly the types it was made of, in their order") {
  const term one(1);
  CHECK(one.is<int>());
  CHECK_FALSE(one.is<long>());
  CHECK_FALSE(one.is<unsigned>());
  CHECK_FALSE(one.is<int, int>());
  CHECK_FALSE(one.is<>());
  const term two(1, std::string("a"));
  CHECK(two.is<int, std::string>());
  CHECK_FALSE(two.is<std::string, int>());
  CHECK_FALSE(two.is<int>());
  CHECK(two.size() == 2);
}

TEST_CASE("an empty term is of no type and false") {
  const term nothing;
  CHECK_FALSE(nothing);
  CHECK(nothing.size() == 0);
  CHECK_FALSE(nothing.is<>());
  CHECK_FALSE(nothing.is<int>());
  CHECK(nothing.get_if<int>() == nullptr);
  CHECK(to_string(nothing) == "{}");
}

TEST_CASE("a term that was moved from is empty") {
  term from(1);
  const term to(std::move(from));
  CHECK(to.is<int>());
  CHECK_FALSE(from); // NOLINT(bugprone-use-after-move): that is what is promised
}

TEST_CASE("get and get_if give the value and not a copy") {
  const term value(comparable{7});
  CHECK(value.get<comparable>().value == 7);
  CHECK(value.get_if<comparable>() == &value.get<comparable>());
  const term copy = value;
  CHECK(&copy.get<comparable>() == &value.get<comparable>());
}

TEST_CASE("get of another type throws bad_term that names both types") {
  CHECK_THROWS_WITH(term(1).get<double>(), "the term holds int, not double");
  CHECK_THROWS_WITH(term().get<int>(), "the term holds nothing, not int");
  CHECK_THROWS_WITH((term(1, 2.5).get<int>()), "the term holds int, double, not int");
  CHECK_THROWS_AS(term(1).get<std::string>(), runtime::bad_term);
  CHECK_THROWS_WITH(term(plain{}).get<int>(),
                    Catch::Matchers::EndsWith("plain, not int"));
}

TEST_CASE("text of every kind is stored as std::string") {
  const char* pointer = "a";
  char array[] = "a";
  CHECK(term("a").is<std::string>());
  CHECK(term(pointer).is<std::string>());
  CHECK(term(array).is<std::string>());
  CHECK(term(std::string_view("a")).is<std::string>());
  CHECK(term(std::string("a")).is<std::string>());
  CHECK(term("a", 1, "b").is<std::string, int, std::string>());
  CHECK(term(std::string_view("a\0b", 3)).get<std::string>() == std::string("a\0b", 3));
}

TEST_CASE("a term may be one of several values of another term, and null a value") {
  const term inner("a");
  const term outer(1, inner);
  CHECK(outer.is<int, term>());
  CHECK(to_string(outer) == "{1, \"a\"}");
  CHECK(outer == term(1, term("a")));
  outer.match([&](int, const term& value) {
    CHECK(runtime::detail::access::box(value) == runtime::detail::access::box(inner));
  });
  CHECK(term(nullptr).is<std::nullptr_t>());
}

TEST_CASE("match calls the first case whose parameters are the term's types") {
  const auto name_of = [](const term& value) {
    return value.match([](int) { return "int"; },                           //
                       [](const std::string&) { return "text"; },           //
                       [](int, const std::string&) { return "int, text"; }, //
                       [](plain) { return "plain"; },                       //
                       [](otherwise) { return "something else"; });
  };
  CHECK(name_of(term(1)) == std::string("int"));
  CHECK(name_of(term("a")) == std::string("text"));
  CHECK(name_of(term(1, "a")) == std::string("int, text"));
  CHECK(name_of(term("a", 1)) == std::string("something else"));
  CHECK(name_of(term(plain{})) == std::string("plain"));
  CHECK(name_of(term(1L)) == std::string("something else"));
  CHECK(name_of(term()) == std::string("something else"));
}

TEST_CASE("of two cases that fit, match calls the first only") {
  int first = 0;
  int second = 0;
  term(1).match([&](int) { ++first; }, [&](int) { ++second; },
                [&](otherwise) { ++second; });
  CHECK(first == 1);
  CHECK(second == 0);
}

TEST_CASE("match passes each element to its parameter") {
  const auto sum =
      term(1, 2L, 3.0)
          .match(
              [](int a, long b, double c) {
                return a + static_cast<int>(b) * 10 + static_cast<int>(c) * 100;
              },
              [](otherwise) { return 0; });
  CHECK(sum == 321);
}

TEST_CASE("a case that takes a term gets the whole of it, whatever it holds") {
  const term value(1, 2);
  const auto* same =
      value.match([](const term& any) { return runtime::detail::access::box(any); });
  CHECK(same == runtime::detail::access::box(value));
}

TEST_CASE("a match without a value does nothing when no case fits") {
  int calls = 0;
  term(1).match([&](const std::string&) { ++calls; });
  term().match([&](int) { ++calls; });
  CHECK(calls == 0);
  term(1).match([&](int) { ++calls; });
  CHECK(calls == 1);
}

TEST_CASE("a case may change what it captured by value") {
  const int result = term(1).match([n = 41](int by) mutable { return n += by; },
                                   [](otherwise) { return 0; });
  CHECK(result == 42);
}

TEST_CASE("match by const reference does not copy the value") {
  counted::counts counts;
  const term value{counted(counts)};
  counts.copies = 0;
  value.match([](const counted&) {});
  CHECK(counts.copies == 0);
  value.match([](counted) {});
  CHECK(counts.copies == 1);
}

TEST_CASE("terms print as values, and by the name of their type where they cannot") {
  CHECK(shown(42) == "42");
  CHECK(shown(true) == "true");
  CHECK(shown("a \"b\" \\") == R"("a \"b\" \\")");
  CHECK(shown(1, "a") == R"({1, "a"})");
  CHECK(shown(printable{3}) == "printable 3");
  CHECK_THAT(shown(plain{}), Catch::Matchers::EndsWith("plain"));
  CHECK_THAT(shown(1, plain{}), Catch::Matchers::StartsWith("{1, "));
}

TEST_CASE("terms are equal when types and values are") {
  CHECK(term(1) == term(1));
  CHECK(term(1) != term(2));
  CHECK(term(1) != term(1L));
  CHECK(term(1, "a") == term(1, std::string("a")));
  CHECK(term(1, "a") != term(1, "b"));
  CHECK(term(1) != term(1, 1));
  CHECK(term() == term());
  CHECK(term() != term(0));
  CHECK(term(comparable{1}) == term(comparable{1}));
  CHECK(term(comparable{1}) != term(comparable{2}));
}

TEST_CASE("a value of a type without == equals itself only, unless there is nothing to "
          "compare") {
  const term value(plain{1});
  const term copy = value;
  CHECK(value == copy);
  CHECK(value != term(plain{1}));
  CHECK(term(mark{}) == term(mark{}));
}

TEST_CASE("containers of values without == are messages as well") {
  const term list(std::vector<plain>{{1}});
  const term same = list;
  CHECK(list == same);
  CHECK(list != term(std::vector<plain>{{1}}));
  CHECK(term(std::vector<int>{1}) == term(std::vector<int>{1}));
  CHECK(term(std::map<int, plain>{}) != term(std::map<int, plain>{}));
  CHECK(term(std::map<int, int>{{1, 2}}) == term(std::map<int, int>{{1, 2}}));
  CHECK(term(std::pair(1, plain{})) != term(std::pair(1, plain{})));
  CHECK(term(std::tuple(1, 2)) == term(std::tuple(1, 2)));
  CHECK(term(std::vector<std::vector<plain>>{})
        != term(std::vector<std::vector<plain>>{}));
}

TEST_CASE("a type that holds itself is a message") {
  CHECK(term(tree{{tree{}}}) == term(tree{{tree{}}}));
  CHECK(term(tree{{tree{}}}) != term(tree{}));
}

TEST_CASE("copies of a term share one value, which dies with the last of them") {
  counted::counts counts;
  {
    term first{counted(counts)};
    const int copies = counts.copies;
    {
      const term second = first;
      term third;
      third = second;
      CHECK(counts.copies == copies);
      CHECK(counts.alive == 1);
    }
    CHECK(counts.alive == 1);
    first = term();
    CHECK(counts.alive == 0);
  }
  CHECK(counts.alive == 0);
}

TEST_CASE("a term may be assigned to itself") {
  term value("kept");
  const term& same = value;
  value = same;
  CHECK(value.get<std::string>() == "kept");
}

TEST_CASE("a term that is lent is counted when it is copied or moved, not before") {
  counted::counts counts;
  term owner{counted(counts)};
  term kept;
  const auto keep_a_copy = [&](const term& lent) { kept = lent; };
  const auto keep_it = [&](term lent) { kept = std::move(lent); };
  const auto look = [&](const term& lent) {
    CHECK(lent.is<counted>());
    CHECK_FALSE(runtime::detail::access::box(owner)->is_shared());
  };
  look(runtime::detail::access::lend(owner));
  CHECK(counts.alive == 1);
  SECTION("copied") {
    keep_a_copy(runtime::detail::access::lend(owner));
  }
  SECTION("moved") {
    keep_it(runtime::detail::access::lend(owner));
  }
  SECTION("assigned at once") {
    kept = runtime::detail::access::lend(owner);
  }
  SECTION("handed on, then moved") {
    const auto hand_on = [&](term lent) {
      look(runtime::detail::access::lend(lent));
      keep_it(runtime::detail::access::hand_on(lent));
      CHECK_FALSE(lent);
    };
    hand_on(runtime::detail::access::lend(owner));
  }
  CHECK(runtime::detail::access::box(owner)->is_shared());
  owner = term();
  CHECK(counts.alive == 1);
  CHECK(kept.is<counted>());
  kept = term();
  CHECK(counts.alive == 0);
}

TEST_CASE("what is handed on is lent if it was, and owned if it was") {
  counted::counts counts;
  term owner{counted(counts)};
  const auto drop = [](term) {};
  drop(runtime::detail::access::hand_on(runtime::detail::access::lend(owner)));
  CHECK(counts.alive == 1);
  drop(runtime::detail::access::hand_on(owner));
  CHECK(counts.alive == 0);
  CHECK_FALSE(owner);
}

TEST_CASE("threads that copy, read and drop one term leave exactly none behind") {
  constexpr int rounds = 2'000;
  counted::counts counts;
  std::atomic<int> seen{0};
  {
    const term shared(counted(counts), 7);
    std::vector<std::jthread> threads;
    for (int i = 0; i < 3; ++i)
      threads.emplace_back([&seen, mine = shared] {
        for (int n = 0; n < rounds; ++n) {
          const term copy = mine;
          copy.match([&](const counted&, int value) { seen += value == 7 ? 1 : 0; });
        }
      });
  }
  CHECK(seen == 3 * rounds);
  CHECK(counts.alive == 0);
}
