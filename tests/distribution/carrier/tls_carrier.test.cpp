// Carriers inside TLS: certificates that are right, wrong, missing, and not for this
// host.
#include "tests/distribution/carrier/carrier_lab.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/tcp_client.hpp"
#include "tests/support/tls_client.hpp"

#include <openssl/ssl.h>

#include <stdexcept>

using namespace std::chrono_literals;
using namespace tests;
using distribution::certificate_check;
using distribution::tls_files;
using distribution::tls_identity;

namespace {

struct authority {
  temporary_folder folder;
  certificate_authority ca{folder};

  [[nodiscard]] tls_files files(const std::string& stem,
                                const std::vector<std::string>& names) {
    const auto issued = ca.issue(stem, names);
    return {issued.certificate, issued.key, ca.file()};
  }
  [[nodiscard]] std::shared_ptr<const tls_identity>
  identity(const std::string& stem, const std::vector<std::string>& names) {
    return std::make_shared<tls_identity>(files(stem, names));
  }
};

[[nodiscard]] std::string refusal(const tls_files& files) {
  try {
    const tls_identity loaded(files);
    return "loaded";
  } catch (const std::invalid_argument& thrown) {
    return thrown.what();
  }
}

void check_has(const std::string& text, const std::string& part) {
  INFO(text);
  CHECK(text.find(part) != std::string::npos);
}

} // namespace

TEST_CASE("nodes with certificates of one authority talk, and know each other's hosts") {
  authority by;
  carrier_lab lab(
      by.identity("node", {"DNS:a.example", "DNS:localhost", "IP:127.0.0.1"}));
  heard_listening listening{lab};
  heard_carrier ours(lab,
                     made(lab.dial({.host = "127.0.0.1", .port = listening.port()})));
  heard_carrier theirs(lab, listening.accept());
  const std::string large(3'000'000, 'x');
  ours.write("hello");
  ours.write(large);
  theirs.write(large);
  CHECK(theirs.take(5) == "hello");
  CHECK(theirs.take(large.size()) == large);
  CHECK(ours.take(large.size()) == large);
  CHECK(theirs.names("a.example") == certificate_check::names_it);
  CHECK(theirs.names("A.EXAMPLE") == certificate_check::names_it);
  CHECK(theirs.names("127.0.0.1") == certificate_check::names_it);
  CHECK(theirs.names("b.example") == certificate_check::names_others);
  CHECK(theirs.names("127.0.0.2") == certificate_check::names_others);
  CHECK(theirs.names("") == certificate_check::names_others);
  CHECK(theirs.names("node") == certificate_check::names_others); // its common name
  CHECK(failure(lab.dial({.host = "localhost", .port = listening.port()}))
        == "connected");
}

TEST_CASE("a dialled node whose certificate names another host is refused") {
  authority by;
  carrier_lab lab(by.identity("b.example", {"DNS:a.example"}));
  heard_listening listening{lab};
  check_has(failure(lab.dial({.host = "127.0.0.1", .port = listening.port()})),
            "TLS: the peer's certificate is refused: IP address mismatch");
  check_has(failure(lab.dial({.host = "127.0.0.1",
                              .port = listening.port(),
                              .certificate_host = "b.example"})),
            "TLS: the peer's certificate is refused: hostname mismatch");
  CHECK(failure(lab.dial({.host = "127.0.0.1",
                          .port = listening.port(),
                          .certificate_host = "a.example"}))
        == "connected");
  check_has(listening.trouble(), "TLS with 127.0.0.1:");
}

TEST_CASE("a node with a certificate of another authority is refused by both sides") {
  authority by;
  authority stranger;
  carrier_lab lab(by.identity("node", {"IP:127.0.0.1"}));
  heard_listening listening{lab};
  carrier_lab foreign(stranger.identity("foreign", {"IP:127.0.0.1"}));
  check_has(failure(foreign.dial({.host = "127.0.0.1", .port = listening.port()})),
            "the peer's certificate is refused: ");
  check_has(listening.trouble(), "TLS with 127.0.0.1:");
  // Believing the server does not help who shows it a certificate of another authority.
  const auto shown = stranger.ca.issue("shown", {"IP:127.0.0.1"});
  try {
    tls_client peer(listening.port(), {.ca_file = by.ca.file(),
                                       .certificate_file = shown.certificate,
                                       .key_file = shown.key});
    CHECK_THROWS(peer.take(1));
  } catch (const std::runtime_error&) { // with TLS 1.2
  }
  check_has(listening.trouble(), "the peer's certificate is refused: ");
  CHECK_FALSE(listening.has_peer());
}

TEST_CASE("a node without a certificate is refused") {
  authority by;
  carrier_lab lab(by.identity("node", {"IP:127.0.0.1"}));
  heard_listening listening{lab};
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    try {
      tls_client peer(listening.port(), {.ca_file = by.ca.file(), .version = version});
      CHECK_THROWS(peer.take(1));
    } catch (const std::runtime_error&) { // with TLS 1.2
    }
    check_has(listening.trouble(), "peer did not return a certificate");
  }
  CHECK_FALSE(listening.has_peer());
}

TEST_CASE("TLS 1.2 and 1.3 are spoken, and nothing older") {
  authority by;
  carrier_lab lab(by.identity("node", {"IP:127.0.0.1"}));
  heard_listening listening{lab};
  const auto shown = by.ca.issue("shown", {"IP:127.0.0.1"});
  tls_client_settings settings{.ca_file = by.ca.file(),
                               .certificate_file = shown.certificate,
                               .key_file = shown.key};
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    settings.version = version;
    tls_client peer(listening.port(), settings);
    heard_carrier ours(lab, listening.accept());
    ours.write("hello");
    CHECK(peer.take(5) == "hello");
    peer.send("hello");
    CHECK(ours.take(5) == "hello");
    listening.give_back_place();
  }
  settings.version = TLS1_1_VERSION;
  CHECK_THROWS(tls_client(listening.port(), settings));
  check_has(listening.trouble(), "TLS with 127.0.0.1:");
}

TEST_CASE("a stranger that speaks no TLS, or nothing, is gone and leaves its place") {
  authority by;
  carrier_lab lab(by.identity("node", {"IP:127.0.0.1"}));
  heard_listening listening{lab, {.most_strangers = 1, .stranger_limit = 50ms}};
  tcp_client plain(listening.port());
  plain.send("GET / HTTP/1.1\r\n\r\n");
  check_has(listening.trouble(), "TLS with 127.0.0.1:");
  tcp_client silent(listening.port());
  check_has(listening.trouble(), "no handshake in time");
  CHECK(silent.is_at_end());
  lab.on([] {});
}

TEST_CASE(
    "a server that speaks no TLS is an error of the dial, and silence its deadline") {
  authority by;
  carrier_lab plain;
  heard_listening listening{plain};
  carrier_lab lab(by.identity("node", {"IP:127.0.0.1"}));
  check_has(
      failure(lab.dial({.host = "127.0.0.1", .port = listening.port(), .limit = 50ms})),
      "no answer within 50 ms");
  plain.on([peer = std::shared_ptr<distribution::carrier>(listening.accept())]() mutable {
    peer.reset();
  });
}

TEST_CASE("a peer that tears the connection within TLS is a loss like any") {
  authority by;
  carrier_lab lab(by.identity("node", {"IP:127.0.0.1"}));
  heard_listening listening{lab};
  const auto shown = by.ca.issue("shown", {"IP:127.0.0.1"});
  tls_client peer(listening.port(), {.ca_file = by.ca.file(),
                                     .certificate_file = shown.certificate,
                                     .key_file = shown.key});
  heard_carrier ours(lab, listening.accept());
  peer.send("half");
  CHECK(ours.take(4) == "half");
  peer.stream().end_output();
  CHECK(ours.why() == "the peer closed the connection");
}

TEST_CASE("the last word arrives through TLS too") {
  authority by;
  carrier_lab lab(by.identity("node", {"IP:127.0.0.1"}));
  heard_listening listening{lab};
  heard_carrier ours(lab,
                     made(lab.dial({.host = "127.0.0.1", .port = listening.port()})));
  heard_carrier theirs(lab, listening.accept());
  const std::string large(500'000, 'x');
  theirs.write(large);
  theirs.finish();
  CHECK(ours.take(large.size()) == large);
  CHECK(ours.why() == "the peer closed the connection");
}

TEST_CASE("files that cannot be used are errors that name the option") {
  authority by;
  const auto good = by.files("good", {"IP:127.0.0.1"});
  const auto other = by.files("other", {"IP:127.0.0.1"});
  const auto empty = by.folder.file("empty");
  write_file(empty, "");
  const auto text = by.folder.file("text");
  write_file(text, "no PEM");
  const auto none = by.folder.file("none");
  CHECK(refusal(good) == "loaded");
  CHECK(refusal({"", good.key_file, good.ca_file})
        == "tls.certificate_file is \"\": it must name a PEM file");
  CHECK(refusal({none, good.key_file, good.ca_file})
        == "tls.certificate_file is \"" + none + "\": No such file or directory");
  CHECK(refusal({empty, good.key_file, good.ca_file})
        == "tls.certificate_file is \"" + empty + "\": the file is empty");
  CHECK(refusal({text, good.key_file, good.ca_file})
        == "tls.certificate_file is \"" + text
               + "\": it holds no PEM certificate that can be used");
  CHECK(refusal({good.certificate_file, text, good.ca_file})
        == "tls.key_file is \"" + text
               + "\": it holds no PEM private key without a passphrase");
  CHECK(refusal({good.certificate_file, other.key_file, good.ca_file})
        == "tls.key_file is \"" + other.key_file
               + "\": the key does not match the certificate in \""
               + good.certificate_file + "\"");
  CHECK(refusal({good.certificate_file, good.key_file, text})
        == "tls.ca_file is \"" + text + "\": it holds no PEM certificates");
}
