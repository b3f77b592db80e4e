// SIGHUP, SIGINT and SIGTERM on a running server.
#include "websock/serve/server_signals.hpp"

#include "websock/runtime/process/node.hpp"
#include "websock/serve/server.hpp"

#include "tests/catch.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/channel.hpp"
#include "tests/support/echo.hpp"
#include "tests/support/tls_client.hpp"

#include <csignal>
#include <filesystem>
#include <future>
#include <string>
#include <string_view>

namespace runtime = websock::runtime;

using Catch::Matchers::StartsWith;
using tests::channel;
using tests::tls_client;

namespace {

[[nodiscard]] bool is_left_alone(int signal) {
  struct sigaction now {};
  REQUIRE(::sigaction(signal, nullptr, &now) == 0);
  return now.sa_handler == SIG_DFL;
}

/// A server with TLS in `run`, and what it logs.
struct run_under_tls {
  explicit run_under_tls(websock::hangup on_hangup = websock::hangup::reload_certificates)
      : subject(node, options(on_hangup)) {
    tests::echoing(subject);
    running = std::async(std::launch::async, [this] {
      return subject.run([this] { started.put(subject.port()); });
    });
    port = started.take();
  }

  int end() {
    ::raise(SIGTERM);
    REQUIRE(running.wait_for(tests::patience) == std::future_status::ready);
    return running.get();
  }

  [[nodiscard]] std::string certificate_from(const std::string& authority_file) const {
    return tls_client(port, {.ca_file = authority_file}).certificate_name();
  }

  tests::temporary_folder folder;
  tests::certificate_authority authority{folder};
  tests::certificate_files files = authority.issue("first", {"IP:127.0.0.1"});
  channel<std::string> log;
  runtime::node node{{.shards = 2,
                      .pool_threads = 1,
                      .log = [this](runtime::log_level, std::string_view line) {
                        if (!line.starts_with("server on "))
                          log.put(std::string(line));
                      }}};
  websock::server subject;
  channel<std::uint16_t> started;
  std::future<int> running;
  std::uint16_t port = 0;

private:
  [[nodiscard]] websock::server_options options(websock::hangup on_hangup) const {
    websock::server_options made{.port = 0};
    made.tls = {files.certificate, files.key};
    made.on_hangup = on_hangup;
    return made;
  }
};

void overwrite(const std::string& with, const std::string& what) {
  std::filesystem::copy(with, what, std::filesystem::copy_options::overwrite_existing);
}

} // namespace

TEST_CASE("SIGHUP has a server with TLS read its certificates again, and go on when it "
          "cannot") {
  run_under_tls f;
  CHECK(f.certificate_from(f.authority.file()) == "first");
  tests::write_file(f.files.certificate, "rubbish");
  ::raise(SIGHUP);
  CHECK_THAT(f.log.take(), StartsWith("certificates stay as they were: "
                                      "tls.certificate_file is "));
  CHECK(f.certificate_from(f.authority.file()) == "first");
  const auto second = f.authority.issue("second", {"IP:127.0.0.1"});
  overwrite(second.certificate, f.files.certificate);
  overwrite(second.key, f.files.key);
  ::raise(SIGHUP);
  CHECK(f.log.take() == "certificates are read again");
  CHECK(f.certificate_from(f.authority.file()) == "second");
  CHECK(f.end() == 0);
  CHECK(is_left_alone(SIGHUP));
}

TEST_CASE("SIGHUP is left alone where the option says so") {
  run_under_tls f(websock::hangup::left_alone);
  CHECK(is_left_alone(SIGHUP));
  CHECK(f.end() == 0);
}

TEST_CASE("a wait for the end goes on over any number of hangups") {
  channel<int> hangups;
  websock::stop_signals subject([&] { hangups.put(1); });
  auto waiting = std::async(std::launch::async, [&] { return subject.wait(); });
  for (int i = 0; i < 3; ++i) {
    ::raise(SIGHUP);
    hangups.take();
  }
  ::raise(SIGINT);
  REQUIRE(waiting.wait_for(tests::patience) == std::future_status::ready);
  CHECK(waiting.get() == SIGINT);
}

TEST_CASE("without anything to do for it, SIGHUP is left alone") {
  const websock::stop_signals subject;
  CHECK(is_left_alone(SIGHUP));
  CHECK_FALSE(is_left_alone(SIGTERM));
}
