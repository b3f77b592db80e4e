// Each tag by its octets, and what a reader promises beside them.
#include "websock/runtime/distribution/etf/reader.hpp"

#include "websock/runtime/distribution/etf/writer.hpp"

#include "tests/catch.hpp"
#include "tests/distribution/etf/hex.hpp"
#include "tests/support/allocations.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace websock::runtime;
using namespace std::string_literals;

namespace {

/// The names of one distribution header.
class names final : public etf::atom_table {
public:
  explicit names(std::vector<std::string> all) : all_(std::move(all)) {}
  [[nodiscard]] std::optional<std::string_view>
  find(std::uint8_t index) const noexcept override {
    if (index >= all_.size())
      return std::nullopt;
    return all_[index];
  }

private:
  std::vector<std::string> all_;
};

[[nodiscard]] std::string printed(const std::string& hex,
                                  const etf::atom_table* cache = nullptr) {
  const auto octets = tests::octets(hex);
  etf::reader in(octets, {}, cache);
  auto found = to_string(in.value());
  CHECK(in.at_end());
  etf::reader skipping(octets, {}, cache);
  CHECK(skipping.skip() == octets);
  return found;
}

[[nodiscard]] bool lies_in(std::string_view part, const std::string& whole) {
  return part.data() >= whole.data()
         && part.data() + part.size() <= whole.data() + whole.size();
}

} // namespace

TEST_CASE("integers are read in every form") {
  CHECK(printed("61 ff") == "255");
  CHECK(printed("62 ffffffff") == "-1");
  CHECK(printed("6e 08 00 ffffffffffffff7f") == "9223372036854775807");
  CHECK(printed("6e 08 01 0000000000000080") == "-9223372036854775808");
  CHECK(printed("6e 08 00 0000000000000080") == "9223372036854775808");
  CHECK(printed("6e 09 01 000000000000000001") == "-18446744073709551616");
  CHECK(printed("6f 00000009 00 000000000000000001") == "18446744073709551616");
}

TEST_CASE("an integer has one form, however many zeros it was given") {
  CHECK(printed("6e 00 01") == "0");
  CHECK(printed("6e 04 00 05000000") == "5");
  const auto octets = tests::octets("6f 0000000a 01 05000000000000000000");
  etf::reader in(octets);
  CHECK(in.next() == etf::type::integer);
  CHECK(in.integer() == -5);
}

TEST_CASE("an unsigned integer has 64 bits") {
  const auto octets =
      tests::octets("61 07 6e 08 00 ffffffffffffffff 62 ffffffff 6e 01 01 01");
  etf::reader in(octets);
  CHECK(in.unsigned_integer() == 7);
  CHECK(in.next() == etf::type::big);
  CHECK_THROWS_AS(in.integer(), etf::malformed);
  CHECK(in.unsigned_integer() == 0xFFFFFFFFFFFFFFFFU);
  CHECK_THROWS_AS(in.unsigned_integer(), etf::malformed);
  CHECK(in.integer() == -1);
  CHECK_THROWS_AS(in.unsigned_integer(), etf::malformed);
}

TEST_CASE("floats are read in both forms") {
  CHECK(printed("46 3ff8000000000000") == "1.5");
  const std::string text = "1.50000000000000000000e+00";
  CHECK(printed("63" + tests::hexadecimal(text) + "0000000000") == "1.5");
}

TEST_CASE("atoms are read in every form, and are UTF-8 then") {
  CHECK(printed("77 02 6f6b") == "ok");
  CHECK(printed("76 0002 6f6b") == "ok");
  CHECK(printed("73 02 6f6b") == "ok");
  CHECK(printed("64 0002 6f6b") == "ok");
  CHECK(printed("77 00") == "''");
  CHECK(printed("77 02 c3a9") == "\u00e9");
  CHECK(printed("73 01 e9") == "\u00e9");
  CHECK(printed("64 0001 e9") == "\u00e9");
}

TEST_CASE("an atom in Latin-1 lives as long as its reader") {
  const auto octets = tests::octets("73 01 e9 73 01 e8 73 02 6f6b");
  etf::reader in(octets);
  const auto first = in.atom();
  const auto second = in.atom();
  CHECK(first == "\u00e9");
  CHECK(second == "\u00e8");
  CHECK(lies_in(in.atom(), octets));
}

TEST_CASE("an atom may stand in a distribution header") {
  const names header({"ok", "chat@host"});
  CHECK(printed("52 00", &header) == "ok");
  CHECK(printed("58 52 01 00000001 00000002 00000003", &header) == "<chat@host.1.2>");
  CHECK_THROWS_WITH(printed("52 02", &header), Catch::Matchers::Contains("entry 2"));
  CHECK_THROWS_WITH(printed("52 00"), Catch::Matchers::Contains("there is none"));
}

TEST_CASE("identifiers are read in every form") {
  CHECK(printed("58 77 01 61 00000001 00000002 00000003") == "<a.1.2>");
  CHECK(printed("67 77 01 61 00000001 00000002 03") == "<a.1.2>");
  CHECK(printed("5a 0003 77 01 61 00000007 00000001 00000002 00000003")
        == "#Ref<a.3.2.1>");
  CHECK(printed("72 0002 77 01 61 07 00000001 00000002") == "#Ref<a.2.1>");
  CHECK(printed("65 77 01 61 00000001 07") == "#Ref<a.1>");
  CHECK(printed("78 77 01 61 0000000100000000 00000007") == "#Port<a.4294967296>");
  CHECK(printed("59 77 01 61 00000005 00000007") == "#Port<a.5>");
  CHECK(printed("66 77 01 61 00000005 07") == "#Port<a.5>");
}

TEST_CASE("identifiers keep every part") {
  const auto octets = tests::octets("58 77 01 61 00000001 00000002 00000003"
                                    "72 0002 77 01 61 07 00000001 00000002"
                                    "66 77 01 61 00000005 07");
  etf::reader in(octets);
  CHECK(in.next() == etf::type::pid);
  CHECK(in.pid() == etf::pid{{"a"}, 1, 2, 3});
  CHECK(in.next() == etf::type::reference);
  CHECK(in.reference() == etf::reference{{"a"}, 7, {1, 2}, 2});
  CHECK(in.next() == etf::type::port);
  CHECK(in.port() == etf::port{{"a"}, 5, 7});
}

TEST_CASE("tuples, lists and maps are read in every form") {
  CHECK(printed("68 02 61 01 6a") == "{1,[]}");
  CHECK(printed("69 00000001 68 00") == "{{}}");
  CHECK(printed("6c 00000001 6a 6a") == "[[]]");
  CHECK(printed("6b 0002 6162") == "\"ab\"");
  CHECK(printed("6b 0000") == "[]");
  CHECK(printed("6c 00000002 61 61 61 62 6a") == "\"ab\"");
  CHECK(printed("6c 00000001 61 01 61 02") == "[1|2]");
  CHECK(printed("74 00000002 77 01 62 61 02 77 01 61 61 01") == "#{a => 1,b => 2}");
}

TEST_CASE("a list whose tail is a list is one list") {
  CHECK(printed("6c 00000001 6a 6c 00000001 6a 6a") == "[[],[]]");
  CHECK(printed("6c 00000001 6a 6b 0002 0102") == "[[],1,2]");
  CHECK(printed("6c 00000001 6a 6c 00000001 6a 61 05") == "[[],[]|5]");
  CHECK(printed("6c 00000000 61 05") == "5"); // as Erlang reads it
}

TEST_CASE("binaries and bit strings are read") {
  CHECK(printed("6d 00000002 6162") == "<<\"ab\">>");
  CHECK(printed("4d 00000002 03 01 bf") == "<<1,5:3>>");
  CHECK(printed("4d 00000001 08 61") == "<<\"a\">>");
  CHECK(printed("4d 00000000 00") == "<<>>");
}

TEST_CASE("functions and local terms travel on unchanged") {
  const auto function = tests::octets("70 0000003a 01 00112233445566778899aabbccddeeff"
                                      "00000006 00000001 77 05 7368656c6c 61 06 61 07"
                                      "58 77 01 61 00000001 00000002 00000003 61 2a");
  for (const auto& octets : {function, tests::octets("71 77 01 61 77 01 62 61 02"),
                             tests::octets("79 01020304 ff")}) {
    etf::reader in(octets);
    CHECK(in.next() == etf::type::opaque);
    const auto term = in.value();
    REQUIRE(term.is<etf::opaque>());
    std::string out;
    etf::writer(out).value(term);
    CHECK(out == octets);
  }
  CHECK(printed(tests::hexadecimal(function)) == "#Fun<shell.6.7>");
  CHECK(printed("71 77 01 61 77 01 62 61 02") == "fun a:b/2");
}

TEST_CASE("a function that leaves its message needs no distribution header any more") {
  const names header({"shell", "a"});
  const auto octets = tests::octets("70 00000034 01 00112233445566778899aabbccddeeff"
                                    "00000006 00000001 52 00 61 06 61 07"
                                    "58 52 01 00000001 00000002 00000003 52 01");
  etf::reader in(octets, {}, &header);
  const auto term = in.value();
  CHECK(in.at_end());
  std::string out;
  etf::writer(out).value(term);
  etf::reader alone(out);
  CHECK(alone.value() == term);
  CHECK(to_string(term) == "#Fun<shell.6.7>");
  CHECK(printed("71 52 00 52 01 61 02", &header) == "fun shell:a/2");
}

TEST_CASE("what is skipped allocates nothing") {
  const auto octets = tests::octets(
      "68 05 6c 00000002 73 01 e9 6b 0001 07 6a 6d 00000001 00"
      "74 00000001 77 01 61 63"
      + tests::hexadecimal(std::string("1.5").append(28, '\0'))
      + "58 77 01 61 00000001 00000002 00000003 6f 00000009 00 000000000000000001");
  etf::reader in(octets);
  const auto before = tests::allocations();
  in.skip();
  CHECK(tests::allocations() == before);
  CHECK(in.at_end());
}

TEST_CASE("what is taken as a view allocates nothing") {
  const auto octets = tests::octets("83 68 03 77 04 73616964 6d 00000002 6869"
                                    "6c 00000001 61 01 6a");
  etf::reader in(octets);
  const auto before = tests::allocations();
  in.version();
  in.tuple(3);
  const auto is_said = in.atom() == "said";
  const auto text = in.binary();
  const auto count = in.list();
  const auto number = in.integer();
  in.nil();
  CHECK(tests::allocations() == before);
  CHECK(is_said);
  CHECK(text == "hi");
  CHECK(lies_in(text, octets));
  CHECK(count == 1);
  CHECK(number == 1);
  CHECK(in.at_end());
}

TEST_CASE("an empty list is its nil") {
  const auto octets = tests::octets("6a 61 01");
  etf::reader in(octets);
  CHECK(in.next() == etf::type::nil);
  CHECK(in.list() == 0);
  CHECK(in.position() == 0);
  in.nil();
  CHECK(in.integer() == 1);
}

TEST_CASE("what is no such term leaves the position where it was") {
  const auto octets = tests::octets("61 05 77 01 61");
  etf::reader in(octets);
  CHECK_THROWS_WITH(in.atom(),
                    Catch::Matchers::Contains("an integer stands where an atom should"));
  CHECK_THROWS_AS(in.tuple(2), etf::malformed);
  CHECK_THROWS_AS(in.pid(), etf::malformed);
  CHECK_THROWS_AS(in.version(), etf::malformed);
  CHECK(in.integer() == 5);
  CHECK_THROWS_WITH(in.integer(), Catch::Matchers::Contains("at octet 2"));
  CHECK(in.rest() == octets.substr(2));
  CHECK(in.atom() == "a");
}
