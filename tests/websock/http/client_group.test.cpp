// Which addresses count as one client.
#include "websock/http/client_group.hpp"

#include "tests/catch.hpp"

using websock::http::client_group;
using websock::http::client_group_of;

TEST_CASE("an IPv4 address is a client of its own, whatever its port") {
  CHECK(client_group_of("192.0.2.1:80") == client_group_of("192.0.2.1:65535"));
  CHECK(client_group_of("192.0.2.1:80") != client_group_of("192.0.2.2:80"));
}

TEST_CASE("a network of 64 bits is one client of IPv6") {
  CHECK(client_group_of("[2001:db8::1]:80") == client_group_of("[2001:db8::ff:2]:81"));
  CHECK(client_group_of("[2001:db8::1]:80") != client_group_of("[2001:db8:0:1::1]:80"));
  CHECK(client_group_of("[fe80::1%eth0]:80") == client_group_of("[fe80::2%eth0]:80"));
  CHECK(client_group_of("[::1]:80") != client_group_of("127.0.0.1:80"));
}

TEST_CASE("who has no address is nobody") {
  for (const auto* name : {"unix", "unknown", "memory", "", ":", "[]:1", "1.2.3:4"})
    CHECK(client_group_of(name) == client_group::nobody);
}
