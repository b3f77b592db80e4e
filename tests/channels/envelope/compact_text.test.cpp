// Texts in the room of a pointer.
#include "websock/channels/envelope/compact_text.hpp"

#include "tests/catch.hpp"
#include "tests/support/allocations.hpp"

#include <string>
#include <utility>

using websock::channels::compact_text;

TEST_CASE("a compact text is what it was made of, whatever its length") {
  CHECK(compact_text().view().empty());
  for (std::size_t size = 0; size < 300; ++size) {
    std::string text;
    for (std::size_t i = 0; i < size; ++i)
      text.push_back(static_cast<char>(i * 37 + size));
    const compact_text made(text);
    CHECK(made.view() == text);
    CHECK(made == compact_text(text));
    CHECK_FALSE(made == compact_text(text + "."));
  }
}

TEST_CASE("copies of a compact text are apart, and one that was moved is empty") {
  for (const std::string text :
       {"", "\"1\"", "1234567", "12345678", "\"a longer one\""}) {
    compact_text first(text);
    compact_text copy(first);
    CHECK(copy == first);
    compact_text moved(std::move(first));
    CHECK(moved.view() == text);
    copy = compact_text("another one that is long");
    CHECK(moved.view() == text);
    moved = std::move(copy);
    CHECK(moved.view() == "another one that is long");
    auto& itself = moved;
    moved = itself;
    CHECK(moved.view() == "another one that is long");
  }
}

TEST_CASE("a compact text of up to seven octets allocates nothing") {
  static_assert(sizeof(compact_text) == sizeof(void*));
  if (!tests::are_allocations_counted())
    return;
  const auto before = tests::allocations();
  const compact_text made("1234567");
  const compact_text copy(made);
  const auto after = tests::allocations();
  const compact_text longer("12345678");
  CHECK(tests::allocations() > after);
  CHECK(after == before);
}
