// Options from the command line, the environment and a file.
#include "websock/config.hpp"

#include "tests/catch.hpp"
#include "tests/support/certificates.hpp"

#include <chrono>
#include <cstdlib>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using websock::config::configuration;
using websock::config::option_table;

namespace {

struct program {
  websock::server_options options;
  configuration config{"A program."};
  std::ostringstream out;
  std::ostringstream errors;

  program() { config.add(options); }
  std::optional<int> run(std::vector<const char*> words) {
    words.insert(words.begin(), "program");
    return config.read(static_cast<int>(words.size()), words.data(), out, errors);
  }
};

/// Set while it lives.
struct variable {
  variable(const char* name, const char* value) : name_(name) {
    ::setenv(name, value, 1);
  }
  ~variable() { ::unsetenv(name_); }
  variable(const variable&) = delete;
  variable& operator=(const variable&) = delete;

private:
  const char* const name_;
};

} // namespace

TEST_CASE("without any, the program's own values stay") {
  program its;
  its.options.port = 4'444;
  CHECK_FALSE(its.run({}));
  CHECK(its.options.port == 4'444);
  CHECK(its.options.connection.timeout == 60s);
}

TEST_CASE("the command line wins over the environment, and that over the file") {
  const tests::temporary_folder folder;
  const auto file = folder.file("options.toml");
  tests::write_file(file, "port = 1000\nbacklog = 10 # some\nconnection.timeout = 10s\n"
                          "max_requests = 100\n"
                          "[connection.limits]\nmax_frame_size = 64KiB\n"
                          "[drain]\ncode = 1012\n");
  const variable port("WEBSOCK_PORT", "2000");
  const variable backlog("WEBSOCK_BACKLOG", "20");
  const variable frames("WEBSOCK_CONNECTION_HIGH_MARK", "2MiB");
  program its;
  REQUIRE_FALSE(its.run({"--config", file.c_str(), "--port", "3000"}));
  CHECK(its.options.port == 3'000);
  CHECK(its.options.backlog == 20);
  CHECK(its.options.max_requests == 100);
  CHECK(its.options.connection.timeout == 10s);
  CHECK(its.options.connection.high_mark == 2'097'152);
  CHECK(its.options.connection.limits.max_frame_size == 65'536);
  CHECK(its.options.drain.code == 1'012);
}

TEST_CASE("a mistake is named with its place, and nothing starts") {
  const tests::temporary_folder folder;
  const auto file = folder.file("options");
  const auto complaint = [&](const std::string& text, std::vector<const char*> words) {
    tests::write_file(file, text);
    program its;
    words.insert(words.end(), {"--config", file.c_str()});
    CHECK(its.run(words) == 1);
    return its.errors.str();
  };
  CHECK(complaint("connection.timeout = 60\n", {})
        == "connection.timeout is \"60\" in " + file
               + ": it must be a time with a unit, as in 500ms, 60s, 10min, 2h or 1d\n");
  CHECK(complaint("[connection]\ntime_out = 60s\n", {})
        == file + " has connection.time_out: there is no such option\n");
  CHECK(
      complaint("", {"--port", "65536"})
      == "port is \"65536\" on the command line: it must be a number from 0 to 65535\n");
  CHECK(complaint("", {"--reactor", "kqueue"})
        == "reactor is \"kqueue\" on the command line: it must be automatic, epoll or "
           "uring\n");
  CHECK(complaint("max_requests = 0\n", {})
        == "max_requests is 0: it must be 1 to 1000000000\n");
  const variable wrong("WEBSOCK_CONNECTION_COMPRESS", "maybe");
  CHECK(complaint("", {})
        == "connection.compress is \"maybe\" in WEBSOCK_CONNECTION_COMPRESS: it must be "
           "true or false\n");
  for (const std::string path : {"/nowhere/at/all", "/dev/zero", "/"}) {
    program none;
    CHECK(none.run({"--config", path.c_str()}) == 1);
    CHECK(none.errors.str() == path + " cannot be read: it must be a file\n");
  }
  CHECK(complaint(std::string(1'048'577, '#'), {}) == file + " is larger than 1 MiB\n");
  program unknown;
  CHECK(unknown.run({"--no-such-option"}) == 1);
  CHECK(unknown.errors.str().find("no-such-option") != std::string::npos);
}

TEST_CASE("what is printed can be read again, and is the same then") {
  const tests::temporary_folder folder;
  const auto file = folder.file("printed");
  program its;
  const std::vector<const char*> words{"--connection.timeout",
                                       "90s",
                                       "--unix_permissions",
                                       "0660",
                                       "--connection.origin",
                                       "https://a.example.org,https://*.b.example.org",
                                       "--connection.subprotocols",
                                       "chat,superchat",
                                       "--connection.ping_interval",
                                       "20s",
                                       "--tls.certificate_file",
                                       "/etc/a certificate.pem",
                                       "--tls.least_version",
                                       "v1_3",
                                       "--connection.mailbox.policy",
                                       "keep_latest",
                                       "--print-config"};
  CHECK(its.run(words) == 0);
  tests::write_file(file, its.out.str());
  program again;
  CHECK(again.run({"--config", file.c_str(), "--print-config"}) == 0);
  CHECK(again.errors.str().empty());
  CHECK(again.out.str() == its.out.str());
  CHECK(again.options.unix_permissions == 0660);
  CHECK(again.options.connection.timeout == 90s);
  CHECK(again.options.connection.subprotocols
        == std::vector<std::string>{"chat", "superchat"});
  REQUIRE(again.options.tls);
  CHECK(again.options.tls->certificate_file == "/etc/a certificate.pem");
  CHECK(again.options.tls->least_version == websock::tls_version::v1_3);
}

TEST_CASE("defaults that are printed and read again change nothing") {
  const tests::temporary_folder folder;
  const auto file = folder.file("printed");
  program its;
  CHECK(its.run({"--print-config"}) == 0);
  tests::write_file(file, its.out.str());
  program again;
  CHECK_FALSE(again.run({"--config", file.c_str()}));
  CHECK_FALSE(again.options.tls);
  CHECK_FALSE(again.options.connection.ping_interval);
}

TEST_CASE("the help has every option with its default") {
  program its;
  CHECK(its.run({"--help"}) == 0);
  const auto help = its.out.str();
  option_table table;
  add_options(table, its.options);
  for (const auto& each : table.all()) {
    CAPTURE(each.name);
    const auto value = each.get();
    CHECK(help.find("--" + each.name + (value.empty() ? " " : "=" + value))
          != std::string::npos);
  }
}

TEST_CASE("an application adds options of its own, and those of a node") {
  websock::runtime::node_options node;
  program its;
  its.config.add(node);
  std::string store;
  its.config.app().add_option("--store", store);
  REQUIRE_FALSE(
      its.run({"--store", "a.db", "--node.slow_turn", "250ms", "--shards", "2"}));
  CHECK(store == "a.db");
  CHECK(node.slow_turn == 250ms);
  CHECK(its.options.shards == 2);
  CHECK_THROWS_AS(its.config.add(its.options), std::logic_error);
}
