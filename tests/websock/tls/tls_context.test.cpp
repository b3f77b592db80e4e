// TLS certificates and rules: which certificate, which version, which client; what is
// rejected at startup; what a reload changes.
#include "websock/tls/tls_context.hpp"

#include "websock/runtime/process/process.hpp"
#include "websock/tls/tls_transport.hpp"

#include "tests/catch.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/echo.hpp"
#include "tests/support/http_answer.hpp"
#include "tests/support/running_server.hpp"
#include "tests/support/tls_client.hpp"
#include "tests/support/websocket_client.hpp"

#include <openssl/ssl.h>

#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using tests::certificate_authority;
using tests::running_server;
using tests::temporary_folder;
using tests::text_frame;
using tests::tls_client;
using tests::tls_client_settings;
using websock::tls_context;
using websock::tls_options;
using websock::tls_version;

namespace {

struct fixture {
  temporary_folder folder;
  certificate_authority authority{folder};
  tests::certificate_files files = authority.issue("main", {"IP:127.0.0.1"});
  tls_options options{files.certificate, files.key};

  [[nodiscard]] running_server serve() const {
    websock::server_options all;
    all.tls = options;
    return running_server(tests::echoing, all);
  }
  [[nodiscard]] std::string name_for(const running_server& at,
                                     const std::string& server_name) const {
    return tls_client(at.port(),
                      {.ca_file = authority.file(), .server_name = server_name})
        .certificate_name();
  }
};

[[nodiscard]] std::string refusal(const tls_options& options) {
  try {
    const tls_context made(options);
    return "";
  } catch (const std::invalid_argument& refused) {
    return refused.what();
  }
}

} // namespace

TEST_CASE("the certificate is that of the name the client asks for") {
  fixture f;
  const auto add = [&](const std::string& host, const std::string& stem) {
    const auto files = f.authority.issue(stem, {"DNS:" + host});
    f.options.hosts.push_back({host, files.certificate, files.key});
  };
  add("*.example.org", "wild");
  add("Exact.example.org", "exact");
  add("other.test", "other");
  const auto server = f.serve();
  CHECK(f.name_for(server, "") == "main");
  CHECK(f.name_for(server, "unknown.test") == "main");
  CHECK(f.name_for(server, "other.test") == "other");
  CHECK(f.name_for(server, "OTHER.test") == "other");
  CHECK(f.name_for(server, "any.example.org") == "wild");
  CHECK(f.name_for(server, "exact.example.org") == "exact");
  CHECK(f.name_for(server, "a.b.example.org") == "main");
  CHECK(f.name_for(server, "example.org") == "main");
}

TEST_CASE(
    "RFC 7301: http/1.1 is chosen, and a client that offers only others is refused") {
  const fixture f;
  const auto server = f.serve();
  const auto alpn = [&](std::vector<std::string> offered) {
    return tls_client(server.port(),
                      {.ca_file = f.authority.file(), .alpn = std::move(offered)})
        .alpn();
  };
  CHECK(alpn({}).empty());
  CHECK(alpn({"http/1.1"}) == "http/1.1");
  CHECK(alpn({"h2", "http/1.1"}) == "http/1.1");
  CHECK_THROWS_WITH(alpn({"h2"}), Contains("no application protocol"));
  CHECK_THROWS_WITH(alpn({"http/1.0", "h2"}), Contains("no application protocol"));
}

TEST_CASE("TLS 1.1 is refused, and TLS 1.2 where 1.3 is the least") {
  fixture f;
  const auto with = [&](const running_server& at, int version) {
    return tls_client(at.port(), {.ca_file = f.authority.file(), .version = version})
        .version();
  };
  const auto server = f.serve();
  CHECK_THROWS(with(server, TLS1_1_VERSION));
  CHECK(with(server, TLS1_2_VERSION) == TLS1_2_VERSION);
  f.options.least_version = tls_version::v1_3;
  const auto strict = f.serve();
  CHECK_THROWS_WITH(with(strict, TLS1_2_VERSION), Contains("protocol version"));
  CHECK(with(strict, TLS1_3_VERSION) == TLS1_3_VERSION);
}

TEST_CASE("new handshakes use reloaded files, and open connections go on") {
  const fixture f;
  auto server = f.serve();
  tls_client before(server.port(), {.ca_file = f.authority.file()});
  before.send(tests::upgrade_request("/"));
  CHECK(before.take_until("\r\n\r\n").starts_with("HTTP/1.1 101 "));
  temporary_folder elsewhere;
  certificate_authority next(elsewhere, "next");
  const auto fresh = next.issue("fresh", {"IP:127.0.0.1"});
  std::filesystem::copy(fresh.certificate, f.files.certificate,
                        std::filesystem::copy_options::overwrite_existing);
  CHECK_THROWS_AS(server.server.reload_certificates(), std::invalid_argument);
  CHECK_THROWS_WITH(server.server.reload_certificates(),
                    "tls.key_file is \"" + f.files.key
                        + "\": the key does not match the certificate in \""
                        + f.files.certificate + "\"");
  CHECK(f.name_for(server, "") == "main"); // as before
  std::filesystem::copy(fresh.key, f.files.key,
                        std::filesystem::copy_options::overwrite_existing);
  server.server.reload_certificates();
  CHECK(tls_client(server.port(), {.ca_file = next.file()}).certificate_name()
        == "fresh");
  before.send(text_frame("still"));
  CHECK(before.take(7) == "\x81\x05still");
  tests::write_file(f.files.certificate, "rubbish");
  CHECK_THROWS_WITH(server.server.reload_certificates(),
                    StartsWith("tls.certificate_file is \"" + f.files.certificate
                               + "\": it holds no PEM certificate"));
  CHECK(tls_client(server.port(), {.ca_file = next.file()}).certificate_name()
        == "fresh");
}

TEST_CASE("a server without TLS has nothing to reload") {
  running_server plain([](websock::server&) {});
  CHECK_THROWS_AS(plain.server.reload_certificates(), std::logic_error);
}

TEST_CASE("files that cannot be used are refused at start-up, with option and name") {
  const fixture f;
  const auto missing = f.folder.file("missing.pem");
  const auto empty = f.folder.file("empty.pem");
  const auto rubbish = f.folder.file("rubbish.pem");
  tests::write_file(empty, "");
  tests::write_file(rubbish, "-----BEGIN CERTIFICATE-----\nAAAA\n");
  const auto& good = f.files;
  CHECK(refusal({good.certificate, good.key}).empty());
  CHECK(refusal({"", good.key})
        == "tls.certificate_file is \"\": it must name a PEM file");
  CHECK(refusal({good.certificate, ""})
        == "tls.key_file is \"\": it must name a PEM file");
  CHECK(refusal({missing, good.key})
        == "tls.certificate_file is \"" + missing + "\": No such file or directory");
  CHECK(refusal({good.certificate, missing})
        == "tls.key_file is \"" + missing + "\": No such file or directory");
  CHECK(refusal({empty, good.key})
        == "tls.certificate_file is \"" + empty + "\": the file is empty");
  CHECK_THAT(refusal({rubbish, good.key}), StartsWith("tls.certificate_file is \""));
  CHECK_THAT(refusal({good.certificate, rubbish}), StartsWith("tls.key_file is \""));
  CHECK_THAT(refusal({good.key, good.key}), StartsWith("tls.certificate_file is \""));
  CHECK_THAT(refusal({f.folder.file(""), good.key}),
             StartsWith("tls.certificate_file is \""));
}

TEST_CASE("further names and lists that cannot be used are refused at start-up") {
  const fixture f;
  const auto& good = f.files;
  auto options = f.options;
  options.hosts = {{"a.test", good.certificate, good.key},
                   {"b..test", good.certificate, good.key}};
  CHECK(refusal(options)
        == "tls.hosts[1].host is \"b..test\": it must be a host name, or one with "
           "\"*.\" in front");
  options.hosts = {{"a.test", good.certificate, ""}};
  CHECK(refusal(options) == "tls.hosts[0].key_file is \"\": it must name a PEM file");
  options = f.options;
  options.ciphers = "NO-SUCH-CIPHER";
  CHECK_THAT(refusal(options), StartsWith("tls.ciphers is \"NO-SUCH-CIPHER\": "));
  options = f.options;
  options.ciphersuites = "NO_SUCH_SUITE";
  CHECK_THAT(refusal(options), StartsWith("tls.ciphersuites is \"NO_SUCH_SUITE\": "));
  options = f.options;
  options.client_ca_file = good.key;
  CHECK_THAT(refusal(options), StartsWith("tls.client_ca_file is \""));
}

TEST_CASE("where a client authority is set, only its clients are let in") {
  fixture f;
  temporary_folder elsewhere;
  certificate_authority clients(elsewhere, "clients");
  const auto friendly = clients.issue("friend", {});
  const auto stranger = f.authority.issue("stranger", {});
  f.options.client_ca_file = clients.file();
  const auto server = f.serve();
  const auto answer = [&](const tests::certificate_files& as) {
    tls_client client(server.port(), {.ca_file = f.authority.file(),
                                      .certificate_file = as.certificate,
                                      .key_file = as.key});
    client.send(tests::upgrade_request("/"));
    return client.take(12);
  };
  CHECK(answer(friendly) == "HTTP/1.1 101");
  CHECK_THROWS(answer(stranger));
  CHECK_THROWS(answer({}));
}
