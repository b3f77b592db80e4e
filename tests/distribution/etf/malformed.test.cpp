// What a stranger may send instead of terms.
#include "websock/runtime/distribution/etf/reader.hpp"
#include "websock/runtime/distribution/etf/writer.hpp"

#include "tests/catch.hpp"
#include "tests/distribution/etf/hex.hpp"
#include "tests/support/allocations.hpp"

#include <array>
#include <limits>
#include <string>
#include <string_view>

using namespace websock::runtime;

namespace {

/// Why reading fails, and skipping for the same reason; empty if it does not.
[[nodiscard]] std::string fault_of(std::string_view octets,
                                   const etf::limits& limits = {}) {
  try {
    static_cast<void>(etf::reader(octets, limits).value());
    return {};
  } catch (const etf::malformed& found) {
    return found.what();
  }
}

[[nodiscard]] std::string skip_fault_of(std::string_view octets) {
  try {
    etf::reader(octets).skip();
    return {};
  } catch (const etf::malformed& found) {
    return found.what();
  }
}

void check_fault(const char* hex, const std::string& why) {
  INFO(hex);
  const auto octets = tests::octets(hex);
  CHECK_THAT(fault_of(octets), Catch::Matchers::Contains(why));
  CHECK_THAT(skip_fault_of(octets), Catch::Matchers::Contains(why));
}

/// Every tag, one term after the other in a tuple.
[[nodiscard]] std::string sample() {
  return tests::octets(
      "68 17"
      "61 07 62 00010000 6e 09 00 000000000000000001 6f 00000009 01 000000000000000001"
      "46 3ff8000000000000"
      "63 312e353030303030303030303030303030303030303030652b303000000000"
      "77 02 6f6b 76 0002 6f6b 73 01 e9 64 0001 e9"
      "58 77 01 61 00000001 00000002 00000003 67 77 01 61 00000001 00000002 03"
      "5a 0002 77 01 61 00000007 00000001 00000002 72 0001 77 01 61 07 00000001"
      "65 77 01 61 00000001 07 78 77 01 61 0000000100000000 00000007"
      "6c 00000002 69 00000001 6a 6b 0003 616263 61 05"
      "6d 00000003 616263 4d 00000002 03 01a0 74 00000001 77 01 61 6a"
      "71 77 01 61 77 01 62 61 02"
      "70 0000003a 01 00112233445566778899aabbccddeeff 00000006 00000001"
      "77 05 7368656c6c 61 06 61 07 58 77 01 61 00000001 00000002 00000003 61 2a"
      "59 77 01 61 00000005 00000007");
}

[[nodiscard]] std::string nested(std::size_t depth, std::string_view head,
                                 std::string_view tail) {
  std::string octets;
  for (std::size_t i = 0; i < depth; ++i)
    octets += head;
  octets += tests::octets("6a");
  for (std::size_t i = 0; i < depth; ++i)
    octets += tail;
  return octets;
}

} // namespace

TEST_CASE("a term that is cut anywhere is malformed") {
  const auto whole = sample();
  REQUIRE(fault_of(whole).empty());
  REQUIRE(skip_fault_of(whole).empty());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    INFO("cut at octet " << size);
    const std::string cut(whole, 0, size); // ends where its memory does
    CHECK_FALSE(fault_of(cut).empty());
    CHECK_FALSE(skip_fault_of(cut).empty());
  }
}

TEST_CASE("any octet may be wrong") {
  const auto whole = sample();
  for (std::size_t at = 0; at < whole.size(); ++at)
    for (const unsigned other : {0U, 1U, 0x7FU, 0x80U, 0xFFU}) {
      auto changed = whole;
      changed[at] = static_cast<char>(other);
      const auto is_read = fault_of(changed).empty();
      // Skipping builds no map, and so sees no equal keys; this one has one key.
      CHECK(is_read == skip_fault_of(changed).empty());
    }
}

TEST_CASE("lengths that lie are refused before memory is taken for them") {
  const auto before = tests::allocations();
  check_fault("6d ffffffff 61", "a binary goes on for 4294967295 octets, of which 1 are");
  check_fault("4d ffffffff 08 61", "a bit string goes on for 4294967295 octets");
  check_fault("6b ffff 61", "a list of octets goes on for 65535 octets");
  check_fault("77 ff 61", "an atom goes on for 255 octets");
  check_fault("76 ffff 61", "an atom goes on for 65535 octets");
  check_fault("73 ff 61", "an atom goes on for 255 octets");
  check_fault("6f ffffffff 00 61", "goes on for 4294967295 octets");
  check_fault("6e ff 00 61", "goes on for 255 octets");
  check_fault("69 ffffffff 6a", "a tuple of 4294967295 elements has 1 octets left");
  check_fault("68 ff 6a", "a tuple of 255 elements has 1 octets left");
  check_fault("6c ffffffff 6a", "a list of 4294967296 elements has 1 octets left");
  check_fault("74 ffffffff 6a", "a map of 8589934590 elements has 1 octets left");
  check_fault("70 00000000 01 00112233445566778899aabbccddeeff 00000006 ffffffff"
              "77 01 61 61 06 61 07 58 77 01 61 00000001 00000002 00000003",
              "4294967295 elements has 0 octets left");
  if (tests::are_allocations_counted())
    CHECK(tests::allocations() - before < 3'000);
}

TEST_CASE("a list promises its tail, too") {
  check_fault("6c 00000002 6a 6a", "a list of 3 elements has 2 octets left");
}

TEST_CASE("the elements of siblings are there, too") {
  check_fault("68 03 6d 00000002 6161", "the octets end");
  check_fault("68 02 68 02 6a 6a", "the octets end");
}

TEST_CASE("what is no atom of Erlang's is refused") {
  check_fault("77 01 ff", "an atom is not UTF-8");
  check_fault("77 02 c080", "an atom is not UTF-8");     // too long a form
  check_fault("77 03 eda080", "an atom is not UTF-8");   // half of a surrogate pair
  check_fault("77 04 f4908080", "an atom is not UTF-8"); // beyond Unicode
  check_fault("77 02 e282", "an atom is not UTF-8");     // cut
  const auto many = "76 0100" + tests::hexadecimal(std::string(256, 'a'));
  check_fault(many.c_str(), "an atom has 256 characters");
  const auto latin1 = "64 0100" + tests::hexadecimal(std::string(256, 'a'));
  check_fault(latin1.c_str(), "an atom has 256 characters");
}

TEST_CASE("what is no number of Erlang's is refused") {
  check_fault("46 7ff0000000000000", "infinite or no number");
  check_fault("46 fff8000000000000", "infinite or no number");
  const auto text = [](const std::string& digits) {
    return "63" + tests::hexadecimal(digits + std::string(31 - digits.size(), '\0'));
  };
  for (const auto* digits : {"", "x", "1.5x", "inf", "nan", "-inf", "1e999", " 1"})
    check_fault(text(digits).c_str(), "the text of a float is no number");
}

TEST_CASE("what is no identifier is refused") {
  check_fault("5a 0000 77 01 61 00000007", "0 words instead of 1 to 5");
  check_fault("5a 0006 77 01 61 00000007", "6 words instead of 1 to 5");
  check_fault("58 61 01 00000001 00000002 00000003", "where an atom should");
  check_fault("67 6a", "an empty list stands where an atom should");
}

TEST_CASE("bits that are not there are refused") {
  check_fault("4d 00000001 09 ff", "has 9 bits in the last one");
  check_fault("4d 00000001 00 ff", "has 0 bits in the last one");
  check_fault("4d 00000000 03", "has 3 bits in the last one");
}

TEST_CASE("functions that contradict themselves are refused") {
  check_fault("70 0000003b 01 00112233445566778899aabbccddeeff 00000006 00000001"
              "77 05 7368656c6c 61 06 61 07 58 77 01 61 00000001 00000002 00000003 61 2a",
              "a function says that it has 59 octets, and has 58");
  check_fault("71 77 01 61 77 01 62 77 01 63", "an atom stands where an integer should");
  check_fault("71 61 01", "an integer stands where an atom should");
}

TEST_CASE("octets with which no term begins are named") {
  check_fault("00", "no term begins with octet 0");
  check_fault("83 61 01", "no term begins with octet 131");
  check_fault("50 00000001 78", "a compressed term, which distribution never sends");
  check_fault("75 00000000", "has not read since release 23");
  check_fault("68 01 79 01020304", "a term in a local format stands inside another");
  check_fault("", "the octets end where a term should begin");
}

TEST_CASE("two equal keys are no map") {
  const auto octets = tests::octets("74 00000002 61 01 6a 61 01 6a");
  CHECK_THAT(fault_of(octets), Catch::Matchers::Contains("two keys of a map are equal"));
  const auto differ = tests::octets("74 00000002 61 01 6a 46 3ff0000000000000 6a");
  CHECK(fault_of(differ).empty());
}

TEST_CASE("terms may be nested as deep as the limit, and no deeper") {
  const etf::limits limits{.depth = 5};
  const auto tuple = tests::octets("68 01");
  const auto list = tests::octets("6c 00000001");
  const auto nil = tests::octets("6a");
  const auto map = tests::octets("74 00000001 61 01");
  for (const auto& [head, tail] : {std::pair{tuple, std::string()}, std::pair{list, nil},
                                   std::pair{map, std::string()}}) {
    CHECK(fault_of(nested(5, head, tail), limits).empty());
    CHECK_THAT(fault_of(nested(6, head, tail), limits),
               Catch::Matchers::Contains("nested deeper than 5"));
  }
}

TEST_CASE("no nesting is deep enough to end the program") {
  const auto deep = nested(1'000'000, tests::octets("68 01"), {});
  const etf::limits limits{.depth = std::numeric_limits<std::size_t>::max()};
  CHECK_THAT(fault_of(deep, limits), Catch::Matchers::Contains("nested deeper than 512"));
  CHECK(skip_fault_of(deep).empty());
  const auto tails = nested(1'000'000, tests::octets("6c 00000001 61 01"), {});
  CHECK(fault_of(tails, {.elements = 1'000'000}).empty());
}

TEST_CASE("functions inside functions are nested no deeper than the limit") {
  const auto around = [](const std::string& inner) {
    const auto size = 56 + inner.size();
    auto octets = tests::octets("70 00000000 01 00112233445566778899aabbccddeeff 00000006"
                                "00000001 77 05 7368656c6c 61 06 61 07"
                                "58 77 01 61 00000001 00000002 00000003");
    octets[3] = static_cast<char>(size >> 8U);
    octets[4] = static_cast<char>(size);
    return octets + inner;
  };
  auto octets = tests::octets("6a");
  for (int i = 0; i < 64; ++i)
    octets = around(octets);
  CHECK(fault_of(octets).empty());
  CHECK_THAT(fault_of(around(octets)), Catch::Matchers::Contains("nested too deep"));
}

TEST_CASE("elements are limited in all, and octets") {
  const etf::limits limits{.octets = 30, .elements = 4};
  CHECK(fault_of(tests::octets("68 04 6a 6a 6a 6a"), limits).empty());
  CHECK_THAT(fault_of(tests::octets("68 05 6a 6a 6a 6a 6a"), limits),
             Catch::Matchers::Contains("more elements than the limit allows"));
  CHECK_THAT(fault_of(tests::octets("68 03 68 02 6a 6a 6a 6a"), limits),
             Catch::Matchers::Contains("more elements"));
  CHECK_THAT(fault_of(tests::octets("6c 00000001 6a 6b 0004 01020304"), limits),
             Catch::Matchers::Contains("more elements"));
  CHECK_THAT(fault_of(tests::octets("74 00000003 61 01 6a 61 02 6a 61 03 6a"), limits),
             Catch::Matchers::Contains("more elements"));
  CHECK_THAT(fault_of(std::string(31, 'j'), limits),
             Catch::Matchers::Contains("there are 31 octets, of which 30 are allowed"));
}
