// Which certificate is used for a name.
#include "websock/tls/tls_names.hpp"

#include "tests/catch.hpp"

#include <string>

using websock::canonical_host;
using websock::covers;
using websock::is_host_pattern;

TEST_CASE("host names are compared in small letters and without the last dot") {
  CHECK(canonical_host("Example.ORG.") == "example.org");
  CHECK(canonical_host("example.org") == "example.org");
  CHECK(canonical_host("").empty());
}

TEST_CASE("a pattern is a host name, or one with a wildcard for its first label") {
  for (const auto* good :
       {"a", "example.org", "*.example.org", "x-1.y_2.z", "1.2.3.4", "example.org."})
    CHECK(is_host_pattern(good));
  for (const auto* bad : {"", ".", "*", "*.", "a..b", ".a", "a.*.b", "*a.b", "a b", "a/b",
                          "ü.de", "**.a", "[::1]"})
    CHECK_FALSE(is_host_pattern(bad));
  CHECK(is_host_pattern(std::string(63, 'a')));
  CHECK_FALSE(is_host_pattern(std::string(64, 'a')));
  std::string longest(253, 'a');
  for (std::size_t i = 50; i < longest.size(); i += 50)
    longest[i] = '.';
  CHECK(is_host_pattern(longest));
  CHECK_FALSE(is_host_pattern(longest + "a"));
}

TEST_CASE("RFC 6125 §6.4.3: a wildcard stands for exactly one label") {
  CHECK(covers("example.org", "example.org"));
  CHECK_FALSE(covers("example.org", "www.example.org"));
  CHECK(covers("*.example.org", "www.example.org"));
  CHECK_FALSE(covers("*.example.org", "example.org"));
  CHECK_FALSE(covers("*.example.org", "a.b.example.org"));
  CHECK_FALSE(covers("*.example.org", ".example.org"));
  CHECK_FALSE(covers("*.example.org", "wwwexample.org"));
  CHECK_FALSE(covers("*.example.org", ""));
}
