// Where a server listens: Unix sockets and their files, IPv6, shared ports, TCP_NODELAY.
#include "websock/listen/listening_socket.hpp"

#include "websock/options/options.hpp"
#include "websock/runtime/process/process.hpp"

#include "tests/catch.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/http_answer.hpp"
#include "tests/support/running_server.hpp"
#include "tests/support/websocket_client.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

using Catch::Matchers::StartsWith;
using tests::get_request;
using tests::take_answer;
using tests::tcp_client;
using tests::temporary_folder;
using websock::listening_socket;
using websock::server_options;

namespace {

[[nodiscard]] server_options at_path(const std::string& path) {
  server_options options;
  options.unix_path = path;
  options.shards = 1;
  return options;
}

[[nodiscard]] server_options at_host(const std::string& host) {
  server_options options;
  options.host = host;
  options.port = 0;
  options.shards = 1;
  return options;
}

[[nodiscard]] mode_t mode_of(const std::string& path) {
  struct stat found {};
  REQUIRE(::lstat(path.c_str(), &found) == 0);
  return found.st_mode;
}

/// A client of a Unix socket: one request, the whole answer.
[[nodiscard]] std::string ask_unix(const std::string& path, const std::string& request) {
  const int client = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  std::memcpy(to.sun_path, path.data(), path.size());
  REQUIRE(::connect(client, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0);
  REQUIRE(::send(client, request.data(), request.size(), MSG_NOSIGNAL)
          == static_cast<ssize_t>(request.size()));
  std::string answer;
  std::array<char, 4'096> buffer;
  for (;;) {
    const auto count = ::recv(client, buffer.data(), buffer.size(), 0);
    if (count <= 0)
      break;
    answer.append(buffer.data(), static_cast<std::size_t>(count));
  }
  ::close(client);
  return answer;
}

void who(websock::server& server) {
  server.get("/who", [](const websock::http::request& from) -> websock::route_result {
    return websock::http::ok_text(from.peer());
  });
}

[[nodiscard]] bool has_ipv6() {
  try {
    const listening_socket probe(at_host("::1"));
    return true;
  } catch (const std::system_error&) {
    return false;
  }
}

} // namespace

TEST_CASE("a server on a Unix socket: its file comes with it, and goes with it") {
  const temporary_folder folder;
  const auto path = folder.file("a b.sock");
  websock::server subject(at_path(path));
  who(subject);
  subject.start();
  CHECK(subject.port() == 0);
  CHECK_THAT(subject.url(), StartsWith("http+unix://%2F"));
  CHECK_THAT(subject.url(), Catch::Matchers::EndsWith("%2Fa%20b.sock/"));
  CHECK(S_ISSOCK(mode_of(path)));
  CHECK((mode_of(path) & 0777U) == 0600);
  CHECK_THAT(ask_unix(path, get_request("/who", "Connection: close\r\n")),
             Catch::Matchers::EndsWith("\r\n\r\nunix"));
  subject.stop();
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("who may connect to a Unix socket is an option") {
  const temporary_folder folder;
  const auto path = folder.file("s");
  auto options = at_path(path);
  options.unix_permissions = 0666;
  const listening_socket subject(options);
  CHECK((mode_of(path) & 0777U) == 0666);
}

TEST_CASE("a file that a dead server left is replaced, one of a living server is not") {
  const temporary_folder folder;
  const auto path = folder.file("s");
  { // bound, and closed without an unlink: as after SIGKILL
    const int dead = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un where{};
    where.sun_family = AF_UNIX;
    std::memcpy(where.sun_path, path.data(), path.size());
    REQUIRE(::bind(dead, reinterpret_cast<sockaddr*>(&where), sizeof where) == 0);
    ::close(dead);
  }
  websock::server living(at_path(path));
  who(living);
  living.start();
  CHECK_THROWS_AS(listening_socket(at_path(path)), std::system_error);
  CHECK_THROWS_WITH(listening_socket(at_path(path)),
                    "cannot listen on unix socket " + path + ": Address already in use");
  CHECK_THAT(ask_unix(path, get_request("/who", "Connection: close\r\n")),
             Catch::Matchers::EndsWith("unix"));
}

TEST_CASE("a file that is no socket stays what it is") {
  const temporary_folder folder;
  const auto path = folder.file("precious");
  tests::write_file(path, "data");
  CHECK_THROWS_AS(listening_socket(at_path(path)), std::system_error);
  CHECK(std::filesystem::file_size(path) == 4);
}

TEST_CASE("a folder that is not there is told with the path") {
  CHECK_THROWS_WITH(
      listening_socket(at_path("/no/such/folder/s")),
      "cannot listen on unix socket /no/such/folder/s: No such file or directory");
}

TEST_CASE("a socket file that another server has taken over stays") {
  const temporary_folder folder;
  const auto path = folder.file("s");
  auto first = std::make_unique<listening_socket>(at_path(path));
  std::filesystem::remove(path);
  const listening_socket second(at_path(path));
  first.reset();
  CHECK(std::filesystem::exists(path));
}

TEST_CASE("accepted TCP sockets send small frames at once, unless told otherwise") {
  for (const bool wanted : {true, false}) {
    auto options = at_host("127.0.0.1");
    options.tcp_nodelay = wanted;
    const listening_socket subject(options);
    const tcp_client client(subject.port());
    const int accepted = ::accept(subject.descriptor(), nullptr, nullptr);
    int value = -1;
    socklen_t size = sizeof value;
    REQUIRE(::getsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &value, &size) == 0);
    ::close(accepted);
    CHECK((value != 0) == wanted);
  }
}

TEST_CASE("\"::\" listens for IPv4 too, unless told otherwise") {
  if (!has_ipv6()) {
    WARN("this machine has no ::1");
    return;
  }
  tests::running_server both(who, at_host("::"));
  tcp_client v4(both.port(), "127.0.0.1");
  v4.send(get_request("/who"));
  CHECK_THAT(take_answer(v4).body, StartsWith("127.0.0.1:"));
  tcp_client v6(both.port(), "::1");
  v6.send(get_request("/who"));
  CHECK_THAT(take_answer(v6).body, StartsWith("[::1]:"));
  CHECK_THAT(both.server.url(), StartsWith("http://[::]:"));

  auto options = at_host("::");
  options.ipv6_only = true;
  const listening_socket only(options);
  CHECK_NOTHROW(tcp_client(only.port(), "::1"));
  CHECK_THROWS_AS(tcp_client(only.port(), "127.0.0.1"), std::system_error);
}

TEST_CASE("a socket of somebody else is listened on, and stays his") {
  const listening_socket owner(at_host("127.0.0.1"));
  server_options options{.port = 1, .shards = 1};
  options.listen_descriptor = owner.descriptor();
  for (int round = 0; round < 2; ++round) {
    websock::server subject(options);
    who(subject);
    subject.start();
    CHECK(subject.port() == owner.port());
    CHECK(subject.url() == "http://127.0.0.1:" + std::to_string(owner.port()) + "/");
    tcp_client client(owner.port());
    client.send(get_request("/who"));
    CHECK_THAT(take_answer(client).body, StartsWith("127.0.0.1:"));
  }
  CHECK_NOTHROW(tcp_client(owner.port())); // the queue of a socket that listens
}

TEST_CASE("a Unix socket of somebody else keeps its file") {
  const temporary_folder folder;
  const auto path = folder.file("s");
  const listening_socket owner(at_path(path));
  server_options options{.shards = 1};
  options.listen_descriptor = owner.descriptor();
  {
    websock::server subject(options);
    who(subject);
    subject.start();
    CHECK(subject.port() == 0);
    CHECK_THAT(subject.url(), StartsWith("http+unix://%2F"));
    CHECK_THAT(ask_unix(path, get_request("/who", "Connection: close\r\n")),
               Catch::Matchers::EndsWith("\r\n\r\nunix"));
  }
  CHECK(std::filesystem::exists(path));
}

TEST_CASE("a descriptor that does not listen is refused by start") {
  int ends[2];
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
  for (const int descriptor : {ends[0], STDERR_FILENO, 1'000'000}) {
    server_options options{.shards = 1};
    options.listen_descriptor = descriptor;
    CHECK_THROWS_WITH(listening_socket(options),
                      "listen_descriptor: descriptor " + std::to_string(descriptor)
                          + " is no stream socket that listens");
  }
  ::close(ends[0]);
  ::close(ends[1]);
  server_options negative;
  negative.listen_descriptor = -1;
  CHECK_THROWS_AS(websock::server(negative), std::invalid_argument);
}

TEST_CASE("several servers share a port where all of them agree") {
  auto options = at_host("127.0.0.1");
  options.reuse_port = true;
  const listening_socket first(options);
  options.port = first.port();
  const listening_socket second(options);
  options.reuse_port = false;
  CHECK_THROWS_AS(listening_socket(options), std::system_error);

  std::vector<tcp_client> clients;
  for (int i = 0; i < 64; ++i)
    clients.emplace_back(first.port());
  const auto accepted_by = [](const listening_socket& each) {
    int count = 0;
    for (int fd = 0; (fd = ::accept(each.descriptor(), nullptr, nullptr)) >= 0; ++count)
      ::close(fd);
    return count;
  };
  const int of_first = accepted_by(first);
  const int of_second = accepted_by(second);
  CHECK(of_first + of_second == 64);
  CHECK(of_first > 8); // the kernel hashes: 2^-36 that this is bad luck
  CHECK(of_second > 8);
}
