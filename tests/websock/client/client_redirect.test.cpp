// How a client follows redirects, over real sockets.
#include "websock/client/client.hpp"

#include "tests/catch.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/client_owner.hpp"
#include "tests/support/echo.hpp"
#include "tests/support/running_server.hpp"

#include <string>
#include <utility>

namespace runtime = websock::runtime;

using tests::certificate_authority;
using tests::client_owner;
using tests::echo;
using tests::running_server;
using tests::temporary_folder;
using websock::client_options;
using websock::connect_failed;

namespace {

[[nodiscard]] websock::http::response moved(int status, const std::string& to) {
  websock::http::response answer;
  answer.status = status;
  answer.headers.emplace_back("Location", to);
  return answer;
}

/// A server with an echo at /echo that notes what it is asked with, and redirects: from
/// /to?<url> to there, from /n to /n-1, and from /0 to /echo.
struct redirecting {
  explicit redirecting(websock::server_options options = {})
      : subject([this](websock::server& server) { route(server); }, std::move(options)) {}

  void route(websock::server& server) {
    server.get("/echo", [this](const websock::http::request& request) {
      const auto header = request.header("Authorization");
      asked.put(header ? std::string(*header) : "nothing");
      return websock::upgrade<echo>(request);
    });
    server.get("/to", [](const websock::http::request& request) {
      return moved(302, std::string(request.target().substr(4)));
    });
    for (int i = 0; i < 5; ++i)
      server.get("/" + std::to_string(i), [i](const websock::http::request&) {
        return moved(i % 2 == 0 ? 307 : 308, i == 0 ? "echo" : std::to_string(i - 1));
      });
    server.get("/loop",
               [](const websock::http::request&) { return moved(301, "/loop"); });
    server.get("/nowhere", [](const websock::http::request&) {
      return websock::http::response{303, {}, {}};
    });
  }
  [[nodiscard]] std::string url(const std::string& path,
                                const std::string& scheme = "ws") const {
    return scheme + "://127.0.0.1:" + std::to_string(subject.port()) + path;
  }

  tests::channel<std::string> asked;
  running_server subject;
};

[[nodiscard]] client_options following(std::size_t most) {
  return {.headers = {{"Authorization", "secret"}}, .max_redirects = most};
}

} // namespace

TEST_CASE("redirects are not followed unless that is asked for", "[rfc9110-15.4]") {
  redirecting server;
  client_owner me(server.subject.node);
  me.open(server.url("/0"));
  const auto failed = me.next_failure();
  CHECK(to_string(failed) == "connect_failed: refused: 307 Temporary Redirect");
  CHECK(failed.location == "echo");
}

TEST_CASE("redirects are followed as far as is asked for, and no further",
          "[rfc9110-15.4]") {
  redirecting server;
  client_owner me(server.subject.node);
  const auto connection = me.open(server.url("/4"), following(5));
  CHECK(me.is_connected());
  runtime::send(connection, websock::text("hello"));
  CHECK(me.next_payload() == "hello");
  CHECK(server.asked.take() == "secret"); // it is the same origin
  me.open(server.url("/4"), following(4));
  const auto failed = me.next_failure();
  CHECK(failed.what == connect_failed::kind::refused);
  CHECK(failed.why
        == "307 Temporary Redirect: not followed: it is one more than max_redirects, 4 "
           "(at "
               + server.url("/0") + ")");
  CHECK(failed.status == 307);
  CHECK(failed.location == "echo");
}

TEST_CASE("a redirect that goes round ends", "[rfc9110-15.4]") {
  redirecting server;
  client_owner me(server.subject.node);
  me.open(server.url("/loop"), following(50));
  CHECK(me.next_failure().why.find("one more than max_redirects, 50")
        != std::string::npos);
}

TEST_CASE("a redirect without a place to go to is not followed") {
  redirecting server;
  client_owner me(server.subject.node);
  me.open(server.url("/nowhere"), following(5));
  CHECK(me.next_failure().why == "303 See Other: not followed: it has no Location");
  me.open(server.url("/to?ftp://h/"), following(5));
  CHECK(me.next_failure().why
        == "302 Found: not followed: its scheme is none of ws, wss, http and https: "
           "\"ftp://h/\"");
}

TEST_CASE("another origin gets no headers, and neither does who is found through it") {
  redirecting server;
  redirecting other;
  client_owner me(server.subject.node);
  me.open(server.url("/to?" + other.url("/echo", "http")), following(5));
  CHECK(me.is_connected());
  CHECK(other.asked.take() == "nothing");
  me.open(server.url("/to?" + other.url("/to?") + server.url("/echo")), following(5));
  CHECK(me.is_connected());
  CHECK(server.asked.take() == "nothing");
}

TEST_CASE("what fails behind a redirect says where that was") {
  redirecting server;
  std::string gone;
  {
    const redirecting other;
    gone = other.url("/x");
  }
  client_owner me(server.subject.node);
  me.open(server.url("/to?" + gone + "?token=secret"), following(5));
  CHECK(to_string(me.next_failure())
        == "connect_failed: unreachable: Connection refused (at " + gone + "...)");
}

TEST_CASE("behind a Unix socket there is one origin") {
  const temporary_folder folder;
  const auto path = folder.file("socket");
  websock::server_options there;
  there.unix_path = path;
  redirecting server(there);
  client_owner me(server.subject.node);
  auto options = following(5);
  options.unix_path = path;
  me.open("ws://h/1", options);
  CHECK(me.is_connected());
  me.open("ws://h/to?ws://other/echo", options);
  CHECK(me.next_failure().why
        == "302 Found: not followed: it leads to another origin, which is not behind "
           "unix_path");
}

namespace {

struct secure_pair {
  [[nodiscard]] websock::server_options with_tls(const std::string& name) {
    const auto files = authority.issue(name, {"IP:127.0.0.1"});
    websock::server_options all;
    all.tls = websock::tls_options{.certificate_file = files.certificate,
                                   .key_file = files.key};
    return all;
  }
  [[nodiscard]] websock::server_options with_client_certificates() {
    auto all = with_tls("strict");
    all.tls->client_ca_file = authority.file();
    return all;
  }
  [[nodiscard]] client_options trusting() {
    const auto files = authority.issue("client", {"DNS:client"});
    auto all = following(5);
    all.tls = {.ca_file = authority.file(),
               .certificate_file = files.certificate,
               .key_file = files.key};
    return all;
  }

  temporary_folder folder;
  certificate_authority authority{folder};
};

} // namespace

TEST_CASE("a redirect from ws to wss is followed, the other way is not", "[tls]") {
  secure_pair files;
  redirecting plain;
  redirecting secure(files.with_tls("server"));
  client_owner me(plain.subject.node);
  me.open(plain.url("/to?" + secure.url("/echo", "https")), files.trusting());
  CHECK(me.is_connected());
  CHECK(secure.asked.take() == "nothing");
  me.open(secure.url("/to?" + plain.url("/echo"), "wss"), files.trusting());
  CHECK(me.next_failure().why
        == "302 Found: not followed: it leads from wss to ws: \"" + plain.url("/echo")
               + '"');
}

TEST_CASE("another origin gets no certificate of the client, its own does", "[tls]") {
  secure_pair files;
  redirecting first(files.with_tls("server"));
  redirecting strict(files.with_client_certificates());
  client_owner me(first.subject.node);
  me.open(strict.url("/1", "wss"), files.trusting());
  CHECK(me.is_connected());
  me.open(first.url("/to?" + strict.url("/echo", "wss"), "wss"), files.trusting());
  CHECK(me.next_failure().what == connect_failed::kind::tls);
}
