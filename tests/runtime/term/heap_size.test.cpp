// How much heap memory values own.
#include "websock/runtime/term/heap_size.hpp"

#include "websock/runtime/term/term.hpp"

#include "tests/catch.hpp"

#include <map>

namespace runtime = websock::runtime;

using runtime::heap_size_of;

namespace {

struct picture {
  std::string title;
  std::vector<std::uint32_t> pixels;
  friend std::size_t heap_size(const picture& p) {
    return heap_size_of(p.title, p.pixels);
  }
};

struct silent {
  std::string text;
};

struct hidden;

} // namespace

TEST_CASE("short text owns nothing, long text what it has reserved") {
  CHECK(heap_size_of(std::string("short")) == 0);
  std::string text(100, 'x');
  text.reserve(1'000);
  CHECK(heap_size_of(text) == text.capacity() + 1);
  const std::u32string wide(100, U'x');
  CHECK(heap_size_of(wide) == 4 * (wide.capacity() + 1));
}

TEST_CASE("a vector owns its elements, and what they own") {
  std::vector<int> numbers(10);
  CHECK(heap_size_of(numbers) == numbers.capacity() * sizeof(int));
  const std::vector<std::string> texts(3, std::string(100, 'x'));
  CHECK(heap_size_of(texts) == 3 * sizeof(std::string) + 3 * heap_size_of(texts[0]));
}

TEST_CASE("what is shared counts in full") {
  const auto shared = std::make_shared<const std::string>(1'000, 'x');
  CHECK(heap_size_of(shared) == sizeof(std::string) + heap_size_of(*shared));
  CHECK(heap_size_of(shared, shared) == 2 * heap_size_of(shared));
  CHECK(heap_size_of(std::shared_ptr<int>()) == 0);
  CHECK(heap_size_of(std::shared_ptr<hidden>()) == 0);
}

TEST_CASE("optionals, pairs and tuples own what their values own") {
  const std::string text(100, 'x');
  CHECK(heap_size_of(std::optional(text)) == heap_size_of(text));
  CHECK(heap_size_of(std::optional<std::string>()) == 0);
  CHECK(heap_size_of(std::pair(1, text)) == heap_size_of(text));
  CHECK(heap_size_of(std::tuple(text, 2, text)) == 2 * heap_size_of(text));
  CHECK(heap_size_of(1, 2.0, 'c') == 0);
}

TEST_CASE("a type says itself what it owns; of one that does not, nothing is known") {
  const picture made{std::string(100, 't'), std::vector<std::uint32_t>(1'000)};
  CHECK(heap_size_of(made) == heap_size_of(made.title, made.pixels));
  CHECK(heap_size_of(std::vector{made}) == sizeof(picture) + heap_size_of(made));
  CHECK(heap_size_of(silent{std::string(100, 't')}) == 0);
}

TEST_CASE("a term owns its values and what they own") {
  const std::string text(1'000, 'x');
  const runtime::term small(7);
  const runtime::term large(7, text);
  CHECK(heap_size_of(small) >= sizeof(int));
  CHECK(heap_size_of(small) < 100);
  CHECK(heap_size_of(large) >= sizeof(int) + sizeof(std::string) + 1'001);
  CHECK(heap_size_of(large) < 1'200);
  CHECK(heap_size_of(runtime::term()) == 0);
}
