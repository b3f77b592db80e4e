// wss and permessage-deflate between our own client and server, over real sockets.
#include "websock/client/client.hpp"

#include "tests/catch.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/client_owner.hpp"
#include "tests/support/echo.hpp"
#include "tests/support/running_server.hpp"

#include <string>

namespace runtime = websock::runtime;

using tests::certificate_authority;
using tests::client_owner;
using tests::echo;
using tests::echoing;
using tests::running_server;
using tests::temporary_folder;
using websock::client_options;
using websock::connect_failed;

namespace {

/// A server that speaks TLS and says that it is one of `names`.
struct secure_server {
  explicit secure_server(const std::vector<std::string>& names = {"DNS:localhost",
                                                                  "IP:127.0.0.1"})
      : subject(echoing, options(names)) {}

  [[nodiscard]] websock::server_options options(const std::vector<std::string>& names) {
    const auto files = authority.issue("server", names);
    websock::server_options all;
    all.tls = websock::tls_options{.certificate_file = files.certificate,
                                   .key_file = files.key};
    return all;
  }
  [[nodiscard]] std::string url(const std::string& host = "localhost") const {
    return "wss://" + host + ':' + std::to_string(subject.port()) + '/';
  }

  temporary_folder folder;
  certificate_authority authority{folder};
  running_server subject;
};

} // namespace

TEST_CASE("a client trusts who its authority vouches for, by name and by address") {
  secure_server server;
  client_owner me(server.subject.node);
  const client_options trusting{.tls = {.ca_file = server.authority.file()}};
  for (const auto* host : {"localhost", "127.0.0.1"}) {
    const auto connection = me.open(server.url(host), trusting);
    REQUIRE(me.is_connected());
    const std::string payload(300'000, 'x');
    runtime::send(connection, websock::text("hello"));
    runtime::send(connection, websock::binary(payload));
    CHECK(me.next_payload() == "hello");
    CHECK(me.next_payload() == payload);
    runtime::send(connection, websock::close_detail(1000));
    CHECK(me.next_exit() == "normal");
  }
}

TEST_CASE("a certificate that nobody trusted issued ends the client") {
  secure_server server;
  client_owner me(server.subject.node);
  me.open(server.url());
  const auto failed = me.next_failure();
  CHECK(failed.what == connect_failed::kind::tls);
  CHECK(failed.why.find("certificate verify failed") != std::string::npos);
}

TEST_CASE("a certificate for another name ends the client") {
  secure_server server({"DNS:example.org", "IP:127.0.0.2"});
  client_owner me(server.subject.node);
  me.open(server.url("127.0.0.1"), {.tls = {.ca_file = server.authority.file()}});
  CHECK(me.next_failure().what == connect_failed::kind::tls);
  me.open(server.url("localhost"), {.tls = {.ca_file = server.authority.file()}});
  CHECK(me.next_failure().what == connect_failed::kind::tls);
}

TEST_CASE("who asks for no verification gets none") {
  secure_server server({"DNS:example.org"});
  client_owner me(server.subject.node);
  me.open(server.url(), {.tls = {.verification = websock::tls_verification::none}});
  CHECK(me.is_connected());
}

TEST_CASE("wss to a server that speaks no TLS fails, and ws to one that does") {
  running_server plain(echoing);
  secure_server secure;
  client_owner me(plain.node);
  me.open("wss://127.0.0.1:" + std::to_string(plain.port()) + '/');
  CHECK(me.next_failure().what == connect_failed::kind::tls);
  me.open("ws://127.0.0.1:" + std::to_string(secure.subject.port()) + '/');
  CHECK(me.next_failure().what == connect_failed::kind::malformed);
}

TEST_CASE("a file of authorities that is not there is refused when connecting") {
  runtime::node node({.shards = 1, .pool_threads = 1});
  const client_options wrong{.tls = {.ca_file = "/nowhere/ca.pem"}};
  CHECK_THROWS_AS(websock::connect<echo>(node, "wss://localhost/", wrong),
                  std::invalid_argument);
  CHECK_THROWS_AS(websock::client<echo>("id", {}, "wss://localhost/", wrong),
                  std::invalid_argument);
}

TEST_CASE("messages are compressed when both ends want it, with and without takeover") {
  const bool client_wants = GENERATE(true, false);
  using websock::protocol::context_takeover;
  const auto takeover = GENERATE(context_takeover::kept, context_takeover::none);
  websock::upgrade_options compressing{.compress = true};
  compressing.deflate.server_takeover = takeover;
  compressing.deflate.client_takeover = takeover;
  running_server subject(echoing, {.connection = compressing});
  client_owner me(subject.node);
  client_options options;
  if (client_wants)
    options.connection = compressing;
  const auto connection =
      me.open("ws://127.0.0.1:" + std::to_string(subject.port()) + '/', options);
  for (int i = 0; i < 5; ++i) {
    for (const std::size_t size : {0U, 1U, 1'000U, 100'000U}) {
      std::string payload;
      while (payload.size() < size)
        payload += std::to_string(payload.size() * 7);
      runtime::send(connection, websock::text(payload));
      REQUIRE(me.next_payload() == payload);
    }
  }
}
