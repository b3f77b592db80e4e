// Values of options, from text and back.
#include "websock/config/option_text.hpp"

#include "tests/catch.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace std::chrono_literals;
using websock::config::from_text;
using websock::config::malformed;
using websock::config::text_of;
namespace runtime = websock::runtime;

namespace {

template <class T>
[[nodiscard]] T read(std::string_view text) {
  T value{};
  from_text(text, value);
  return value;
}

using time_value = runtime::saturated<std::chrono::milliseconds>;

} // namespace

TEST_CASE("times have a unit, and are printed in the largest one that holds them") {
  CHECK(read<time_value>("500ms") == 500ms);
  CHECK(read<time_value>("60s") == 60s);
  CHECK(read<time_value>("10min") == 10min);
  CHECK(read<time_value>("2h") == 2h);
  CHECK(read<time_value>("1d") == 24h);
  CHECK(read<time_value>("forever") == std::chrono::milliseconds::max());
  for (const char* text : {"500ms", "61s", "10min", "2h", "1d", "0s", "forever"})
    CHECK(text_of(read<time_value>(text)) == text);
  CHECK(text_of(time_value(60s)) == "1min");
  for (const char* text : {"", "60", "s", "-1s", "1.5s", "60 s", "60sec",
                           "99999999999999999999s", "9223372036854775807d"})
    CHECK_THROWS_AS(read<time_value>(text), malformed);
  using whole_seconds = runtime::saturated<std::chrono::seconds>;
  CHECK(read<whole_seconds>("5s") == 5s);
  CHECK_THROWS_AS(read<whole_seconds>("1500ms"), malformed);
}

TEST_CASE("numbers keep to their type, and may have a unit of size") {
  CHECK(read<int>("-1") == -1);
  CHECK(read<std::size_t>("64KiB") == 65'536);
  CHECK(read<std::size_t>("8MiB") == 8'388'608);
  CHECK(read<std::uint64_t>("1GiB") == 1'073'741'824);
  CHECK(read<std::uint16_t>("65535") == 65'535);
  for (const char* text :
       {"65536", "-1", "", "x", "1KB", "1 KiB", "0x10", "9999999999999999999999"})
    CHECK_THROWS_AS(read<std::uint16_t>(text), malformed);
  CHECK_THROWS_AS(read<std::int64_t>("-1KiB"), malformed);
  CHECK_THROWS_AS(read<std::uint64_t>("9000000000000GiB"), malformed);
}

TEST_CASE("flags, lists and what may be missing") {
  CHECK(read<bool>("on"));
  CHECK_FALSE(read<bool>("no"));
  CHECK_THROWS_AS(read<bool>("maybe"), malformed);
  CHECK(read<std::vector<std::string>>("a, b,,c ")
        == std::vector<std::string>{"a", "b", "c"});
  CHECK(read<std::vector<std::string>>("").empty());
  CHECK(text_of(std::vector<std::string>{"a", "b"}) == "a,b");
  CHECK_FALSE(read<std::optional<time_value>>("").has_value());
  CHECK(read<std::optional<time_value>>("1s") == time_value(1s));
}
