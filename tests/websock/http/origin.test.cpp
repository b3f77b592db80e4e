// Origins, RFC 6454, and which of them may connect, RFC 6455 §10.2.
#include "websock/http/origin.hpp"

#include "tests/catch.hpp"
#include "tests/websock/http/heads.hpp"

#include <stdexcept>
#include <string>
#include <vector>

using namespace websock::http;
using websock::testing::request_of;

namespace {

request head(const std::string& host, const std::vector<std::string>& sent,
             const std::string& target = "/") {
  std::string text = "GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n";
  for (const auto& each : sent)
    text += "Origin: " + each + "\r\n";
  return request_of(text + "\r\n");
}

bool may(const origin_policy& policy, const std::string& host, const std::string& from,
         channel through = channel::plain) {
  return !policy.refuses(head(host, {from}), through);
}

} // namespace

TEST_CASE("an origin is scheme, host and port", "[RFC6454 §6.2]") {
  CHECK(parse_origin("http://example.org") == origin{"http", "example.org", 80});
  CHECK(parse_origin("HTTPS://Example.ORG") == origin{"https", "example.org", 443});
  CHECK(parse_origin("https://example.org:8443") == origin{"https", "example.org", 8443});
  CHECK(parse_origin("http://127.0.0.1:1") == origin{"http", "127.0.0.1", 1});
  CHECK(parse_origin("http://[::1]:65535") == origin{"http", "[::1]", 65'535});
  CHECK(parse_origin("http://[2001:DB8::1]") == origin{"http", "[2001:db8::1]", 80});
  CHECK(parse_origin("wss://x") == origin{"wss", "x", 443});
  CHECK(parse_origin("chrome-extension://abcdef")
        == origin{"chrome-extension", "abcdef", 0});
}

TEST_CASE("what is no origin is none", "[RFC6454 §6.2]") {
  for (const char* bad : {"",
                          "null",
                          "example.org",
                          "://example.org",
                          "http:",
                          "http://",
                          "http:///",
                          "http://example.org/",
                          "http://example.org/path",
                          "http://user@example.org",
                          "http://example.org:",
                          "http://example.org:0",
                          "http://example.org:65536",
                          "http://example.org:80x",
                          "http://example.org:-1",
                          "http://example.org:080:80",
                          "http://a b",
                          "http://a http://b",
                          "http://a,http://b",
                          "1http://example.org",
                          "http://::1",
                          "http://[::1",
                          "http://[::1]x",
                          "http://[]",
                          "http://[::g]",
                          "http://exämple.org",
                          "http://*.example.org",
                          "http://a?b",
                          "http://a#b"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_origin(bad));
  }
}

TEST_CASE("a request without Origin may connect, whatever the policy",
          "[RFC6455 §10.2]") {
  const auto none = head("example.org", {});
  for (const auto& policy : {same_origin(), any_origin(), origins({"https://a"})})
    CHECK_FALSE(policy.refuses(none, channel::plain));
}

TEST_CASE("same origin: host and port are those of the request", "[RFC6455 §10.2]") {
  const origin_policy policy; // the default
  CHECK(may(policy, "example.org", "http://example.org"));
  CHECK(may(policy, "EXAMPLE.org", "http://example.ORG"));
  CHECK(may(policy, "example.org:80", "http://example.org"));
  CHECK(may(policy, "example.org", "http://example.org:80"));
  CHECK(may(policy, "localhost:4000", "http://localhost:4000"));
  CHECK(may(policy, "[::1]:4000", "http://[::1]:4000"));
  CHECK(may(policy, "[::1]", "http://[::1]"));
  CHECK_FALSE(may(policy, "example.org", "http://example.com"));
  CHECK_FALSE(may(policy, "example.org", "http://example.org.evil.net"));
  CHECK_FALSE(may(policy, "example.org", "http://evil.example.org"));
  CHECK_FALSE(may(policy, "example.org", "http://example.org:8080"));
  CHECK_FALSE(may(policy, "example.org:8080", "http://example.org"));
  CHECK_FALSE(may(policy, "localhost:4000", "http://127.0.0.1:4000"));
  CHECK_FALSE(may(policy, "example.org", "ftp://example.org"));
  CHECK_FALSE(may(policy, "", "http://example.org"));
  CHECK_FALSE(may(policy, "example.org:", "http://example.org"));
}

TEST_CASE("same origin: the page's scheme is https when the connection is secure",
          "[RFC6455 §10.2]") {
  const origin_policy policy;
  CHECK(may(policy, "example.org", "https://example.org", channel::secure));
  CHECK(may(policy, "example.org:443", "https://example.org", channel::secure));
  CHECK_FALSE(may(policy, "example.org", "http://example.org", channel::secure));
  // TLS that ends in front of us.
  CHECK(may(policy, "example.org", "https://example.org", channel::plain));
  CHECK_FALSE(may(policy, "example.org:80", "https://example.org", channel::plain));
}

TEST_CASE("same origin: a target in absolute-form stands for Host", "[RFC9112 §3.2.2]") {
  const origin_policy policy;
  const auto made = [](const std::string& target) {
    return head("example.org", {"http://example.org"}, target);
  };
  CHECK_FALSE(policy.refuses(made("http://example.org/a"), channel::plain));
  CHECK_FALSE(policy.refuses(made("http://example.org?x=/y"), channel::plain));
  CHECK(policy.refuses(made("http://example.com/"), channel::plain));
}

TEST_CASE("an opaque, malformed or repeated Origin is refused", "[RFC6455 §10.2]") {
  for (const auto& policy : {same_origin(), origins({"https://a"})}) {
    for (const char* from : {"null", "", "a", "https://a/", "https://a https://a"})
      CHECK_FALSE(may(policy, "a", from));
    CHECK(policy.refuses(head("a", {"https://a", "https://a"}), channel::plain));
  }
  for (const char* from : {"null", "", "nonsense"})
    CHECK(may(any_origin(), "a", from));
  CHECK_FALSE(any_origin().refuses(head("a", {"http://b", "http://c"}), channel::plain));
}

TEST_CASE("a list allows its origins and no others, its own server included",
          "[RFC6455 §10.2]") {
  const auto policy = origins({"https://app.example.org", "http://localhost:3000"});
  CHECK(may(policy, "api.example.org", "https://app.example.org"));
  CHECK(may(policy, "api.example.org", "https://APP.example.org:443"));
  CHECK(may(policy, "api.example.org", "http://localhost:3000"));
  CHECK_FALSE(may(policy, "api.example.org", "http://app.example.org"));
  CHECK_FALSE(may(policy, "api.example.org", "https://app.example.org:8443"));
  CHECK_FALSE(may(policy, "api.example.org", "http://localhost"));
  CHECK_FALSE(may(policy, "api.example.org", "https://x.app.example.org"));
  CHECK_FALSE(may(policy, "api.example.org", "https://api.example.org"));
  CHECK_FALSE(may(origins({}), "a", "https://a"));
}

TEST_CASE("a star allows every name below, and not the name itself", "[RFC6455 §10.2]") {
  const auto policy = origins({"https://*.example.org", "http://*.test:8080"});
  CHECK(may(policy, "x", "https://a.example.org"));
  CHECK(may(policy, "x", "https://a.b.example.org"));
  CHECK(may(policy, "x", "http://a.test:8080"));
  CHECK_FALSE(may(policy, "x", "https://example.org"));
  CHECK_FALSE(may(policy, "x", "https://.example.org"));
  CHECK_FALSE(may(policy, "x", "https://evilexample.org"));
  CHECK_FALSE(may(policy, "x", "http://a.example.org"));
  CHECK_FALSE(may(policy, "x", "https://a.example.org:444"));
  CHECK_FALSE(may(policy, "x", "http://a.test"));
}

TEST_CASE("pages that no server sent may connect where that is listed, and only there",
          "[RFC6454 §6.1]") {
  const auto opaque = origins({"null"});
  CHECK(may(opaque, "a", "null"));
  CHECK_FALSE(may(opaque, "a", "file://"));
  CHECK_FALSE(may(opaque, "a", "https://null"));
  CHECK_FALSE(may(opaque, "a", "NULL"));
  CHECK_FALSE(may(opaque, "null", "http://a"));
  const auto files = origins({"file://", "https://app.example.org"});
  CHECK(may(files, "a", "file://"));
  CHECK(may(files, "a", "https://app.example.org"));
  CHECK_FALSE(may(files, "a", "null"));
  CHECK_FALSE(may(files, "a", "file:///etc/passwd"));
  CHECK_FALSE(may(files, "a", "file://host"));
  for (const char* sent : {"null", "file://"}) {
    CHECK(is_listable(sent));
    CHECK_FALSE(may(same_origin(), "a", sent));
    CHECK_FALSE(may(same_origin(), "", sent));
    CHECK_FALSE(may(origins({"https://*.example.org"}), "a", sent));
  }
}

TEST_CASE("what is no origin cannot be listed") {
  for (const char* bad :
       {"app.example.org", "https://app.example.org/", "*", "NULL", "null ", "file:///",
        "file://x/", "file://*.", "https://*", "https://a.*.org", "https://*.[::1]"}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(origins({bad}), std::invalid_argument);
  }
  CHECK_THROWS_WITH(origins({"https://a", "b"}),
                    "origin is \"b\": it must be like https://app.example.org or "
                    "https://*.example.org, without a path, or null or file://");
}

TEST_CASE("a refusal says why", "[RFC6455 §10.2]") {
  const auto why = [](const std::vector<std::string>& sent) {
    return std::string(
        same_origin().refuses(head("example.org", sent), channel::plain).value_or(""));
  };
  CHECK(why({"http://a", "http://b"}) == "RFC 6454 §7.3: more than one Origin");
  CHECK(why({"nonsense"}) == "RFC 6455 §10.2: this Origin names no server");
  CHECK(why({"null"}) == "RFC 6455 §10.2: pages of this Origin may not connect here");
  CHECK(why({"http://evil"})
        == "RFC 6455 §10.2: pages of this Origin may not connect here");
}
