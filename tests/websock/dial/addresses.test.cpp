// Which hosts need no lookup, and the order in which addresses are tried.
#include "websock/dial/addresses.hpp"

#include "tests/catch.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <array>
#include <string>
#include <vector>

using namespace websock;

namespace {

using lines = std::vector<std::string>;

[[nodiscard]] std::string line_of(const socket_address& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const auto* v4 = reinterpret_cast<const sockaddr_in*>(&address.bytes);
  const auto* v6 = reinterpret_cast<const sockaddr_in6*>(&address.bytes);
  const bool is_v4 = address.bytes.ss_family == AF_INET;
  const void* from = is_v4 ? static_cast<const void*>(&v4->sin_addr) : &v6->sin6_addr;
  ::inet_ntop(address.bytes.ss_family, from, text.data(), text.size());
  return text.data() + std::string(" ") + std::to_string(ntohs(v4->sin_port));
}

[[nodiscard]] lines ordered(const std::vector<std::string>& hosts,
                            std::size_t most = 32) {
  std::vector<socket_address> all;
  for (const auto& each : hosts)
    all.push_back(written_address(each)->addresses.at(0));
  lines found;
  for (const auto& each : in_turn(std::move(all), 80, most))
    found.push_back(line_of(each));
  return found;
}

} // namespace

TEST_CASE("the families of a name's addresses take turns, the best one first",
          "[rfc8305-4]") {
  CHECK(ordered({"::1", "::2", "::3", "1.1.1.1", "1.1.1.2"})
        == lines{"::1 80", "1.1.1.1 80", "::2 80", "1.1.1.2 80", "::3 80"});
  CHECK(ordered({"1.1.1.1", "::1", "::2"}) == lines{"1.1.1.1 80", "::1 80", "::2 80"});
  CHECK(ordered({"1.1.1.1", "1.1.1.2"}) == lines{"1.1.1.1 80", "1.1.1.2 80"});
  CHECK(ordered({}).empty());
}

TEST_CASE("of more addresses than are tried the best of both families stay",
          "[rfc8305-4]") {
  CHECK(ordered({"::1", "::2", "::3", "1.1.1.1"}, 3)
        == lines{"::1 80", "1.1.1.1 80", "::2 80"});
  CHECK(ordered({"::1", "::2", "1.1.1.1"}, 1) == lines{"::1 80"});
}

TEST_CASE("an address that is written out needs no look-up, a name does") {
  CHECK(line_of(written_address("127.0.0.1")->addresses.at(0)) == "127.0.0.1 0");
  CHECK(line_of(written_address("::1")->addresses.at(0)) == "::1 0");
  CHECK_FALSE(written_address("example.org"));
  CHECK_FALSE(written_address("localhost"));
}

TEST_CASE("the zone of an address is an interface that is there", "[rfc6874]") {
  const auto looped = written_address("fe80::1%lo");
  REQUIRE(looped->addresses.size() == 1);
  const auto& bytes = looped->addresses[0].bytes;
  CHECK(reinterpret_cast<const sockaddr_in6&>(bytes).sin6_scope_id == 1);
  const auto none = written_address("fe80::1%nowhere0");
  CHECK(none->addresses.empty());
  CHECK(none->failure == "fe80::1%nowhere0: no such address or interface");
}

TEST_CASE("a path that is no path of a Unix socket is refused") {
  CHECK(unix_address("/tmp/x").bytes.ss_family == AF_UNIX);
  CHECK_THROWS_AS(unix_address(""), std::invalid_argument);
  CHECK_THROWS_AS(unix_address(std::string(108, 'a')), std::invalid_argument);
}
