// The client's address as the proxy in front reports it: over sockets, before HTTP and
// TLS.
#include "websock/transport/proxied_transport.hpp"

#include "tests/catch.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/http_answer.hpp"
#include "tests/support/running_server.hpp"
#include "tests/support/tls_client.hpp"
#include "tests/websock/protocol/chunkings.hpp"

#include <chrono>
#include <string>

using namespace std::chrono_literals;
using tests::get_request;
using tests::running_server;
using tests::take_answer;
using tests::tcp_client;
using websock::testing::hex;

namespace {

void who(websock::server& server) {
  server.get("/who", [](const websock::http::request& from) -> websock::route_result {
    return websock::http::ok_text(from.peer() + (from.is_secure() ? " secure" : ""));
  });
}

[[nodiscard]] websock::server_options behind_proxy() {
  websock::server_options options;
  options.proxy_protocol = websock::proxy_protocol::required;
  return options;
}

const std::string v1 = "PROXY TCP4 192.0.2.1 198.51.100.2 51234 443\r\n";
const std::string v2 = hex("0D 0A 0D 0A 00 0D 0A 51 55 49 54 0A 21 11 00 0F"
                           "C0 00 02 01 C6 33 64 02 C8 22 01 BB 04 00 00");
const std::string v2_local = hex("0D 0A 0D 0A 00 0D 0A 51 55 49 54 0A 20 00 00 00");

} // namespace

TEST_CASE("the client is who the header names, however the stream is cut") {
  const running_server subject(who, behind_proxy());
  for (const auto& header : {v1, v2}) {
    const auto stream = header + get_request("/who");
    for (const auto& pieces : websock::testing::chunkings(stream)) {
      tcp_client client(subject.port());
      for (const auto& each : pieces)
        client.send(each);
      CHECK(take_answer(client).body == "192.0.2.1:51234");
    }
  }
}

TEST_CASE("every request of a connection has the client that its header named") {
  const running_server subject(who, behind_proxy());
  tcp_client client(subject.port());
  client.send(v2 + get_request("/who") + get_request("/who"));
  CHECK(take_answer(client).body == "192.0.2.1:51234");
  CHECK(take_answer(client).body == "192.0.2.1:51234");
  client.send(get_request("/who"));
  CHECK(take_answer(client).body == "192.0.2.1:51234");
}

TEST_CASE("a header that names nobody leaves the address of the socket") {
  const running_server subject(who, behind_proxy());
  for (const auto& header : {std::string("PROXY UNKNOWN\r\n"), v2_local}) {
    tcp_client client(subject.port());
    client.send(header + get_request("/who"));
    CHECK(take_answer(client).body.starts_with("127.0.0.1:"));
  }
}

TEST_CASE("without a header, or with a malformed one, the connection ends in silence") {
  const running_server subject(who, behind_proxy());
  for (const auto& start : {get_request("/who"), std::string("PROXY TCP4 nobody\r\n"),
                            v2.substr(0, 12) + "xxxx"}) {
    tcp_client client(subject.port());
    client.send(start);
    CHECK(client.take_rest().empty());
  }
  CHECK(subject.log.empty());
}

TEST_CASE("a header that does not come meets the deadline of the handshake") {
  auto options = behind_proxy();
  options.handshake_timeout = 100ms;
  const running_server subject(who, options);
  tcp_client client(subject.port());
  client.send(v2.substr(0, 20));
  CHECK(client.take_rest().empty());
}

TEST_CASE("a server that expects no header takes it for a bad request") {
  const running_server subject(who);
  tcp_client client(subject.port());
  client.send(v1 + get_request("/who"));
  CHECK(take_answer(client).status == 400);
}

TEST_CASE("TLS begins behind the header") {
  const tests::temporary_folder folder;
  tests::certificate_authority authority(folder);
  const auto files = authority.issue("server", {"IP:127.0.0.1"});
  auto options = behind_proxy();
  options.tls = {files.certificate, files.key};
  const running_server subject(who, options);
  for (const auto& header : {v1, v2}) {
    tests::tls_client client(subject.port(),
                             {.ca_file = authority.file(), .preamble = header});
    client.send(get_request("/who", "Connection: close\r\n"));
    CHECK_THAT(client.take_rest(),
               Catch::Matchers::EndsWith("\r\n\r\n192.0.2.1:51234 secure"));
  }
}
