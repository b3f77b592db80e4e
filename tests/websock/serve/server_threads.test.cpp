// Calls a server's thread-safe functions from many threads while it starts, serves and
// stops. For ThreadSanitizer, which sees what a test cannot.
#include "websock/client/client.hpp"
#include "websock/serve/server.hpp"

#include "tests/catch.hpp"
#include "tests/support/at_once.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/channel.hpp"
#include "tests/support/echo.hpp"
#include "tests/support/http_answer.hpp"
#include "tests/support/running_server.hpp"
#include "tests/support/tcp_client.hpp"

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;

namespace {

[[nodiscard]] websock::server_options with_tls(const tests::certificate_files& files) {
  websock::server_options options;
  options.port = 0;
  options.shards = 2;
  options.tls =
      websock::tls_options{.certificate_file = files.certificate, .key_file = files.key};
  return options;
}

void use(websock::server& subject) {
  static_cast<void>(subject.failure());
  static_cast<void>(subject.is_draining());
  static_cast<void>(subject.connection_count());
  static_cast<void>(subject.statistics());
  subject.reload_certificates();
}

} // namespace

TEST_CASE("what is for any thread is used by many while a server starts and stops") {
  const tests::temporary_folder folder;
  tests::certificate_authority authority(folder);
  const auto files = authority.issue("main", {"IP:127.0.0.1"});
  for (int round = 0; round < 3; ++round) {
    websock::server subject(with_tls(files));
    std::atomic<int> done{0};
    std::atomic<bool> is_over{false};
    std::vector<std::jthread> users;
    for (int i = 0; i < 3; ++i)
      users.emplace_back([&] {
        while (!is_over) {
          use(subject);
          ++done;
        }
      });
    const auto let_them = [&done](int times) {
      for (const int before = done; done < before + times;)
        std::this_thread::yield();
    };
    let_them(5);
    subject.start();
    let_them(5);
    subject.cut_short();
    subject.stop();
    let_them(5);
    is_over = true;
  }
}

TEST_CASE(
    "of threads that stop a server at the same time one does, and all see it over") {
  for (int round = 0; round < 5; ++round) {
    tests::running_server subject(tests::echoing);
    std::atomic<int> saw_it_over{0};
    tests::call_three_times_at_once([&] {
      subject.server.stop();
      saw_it_over += subject.port() == 0 ? 1 : 0;
    });
    CHECK(saw_it_over == 3);
  }
}

TEST_CASE("a route handler that holds its shard for long is logged") {
  tests::channel<std::string> log;
  tests::channel<std::string> told;
  runtime::node node({.shards = 1,
                      .pool_threads = 1,
                      .slow_turn = 20ms,
                      .log = [&](runtime::log_level level, std::string_view line) {
                        if (level == runtime::log_level::warning)
                          log.put(std::string(line));
                      }});
  websock::server_options options;
  options.port = 0;
  websock::server subject(node, options);
  subject.get("/", [&](const websock::http::request&) {
    told.put(log.take());
    return websock::http::ok_text("late");
  });
  subject.start();
  tests::tcp_client client(subject.port());
  client.send(tests::get_request("/"));
  CHECK(tests::take_answer(client).body == "late");
  CHECK(told.take().starts_with("a route handler has held shard 0 for more than 20 ms"));
}

TEST_CASE(
    "clients are opened by several threads, also while their node stops and after") {
  const tests::running_server subject(tests::echoing);
  const auto url = "ws://127.0.0.1:" + std::to_string(subject.port()) + '/';
  runtime::node node({.shards = 2, .pool_threads = 1});
  std::atomic<int> opened{0};
  std::atomic<bool> is_over{false};
  std::vector<std::jthread> users;
  for (int i = 0; i < 2; ++i)
    users.emplace_back([&] {
      while (!is_over) {
        websock::connect<tests::echo>(node, url, {});
        ++opened;
        std::this_thread::yield();
      }
    });
  while (opened < 20)
    std::this_thread::yield();
  node.stop();
  while (node.process_count() > 0) // one that is being refused counts for a moment
    std::this_thread::yield();
  for (const int before = opened; opened < before + 10;)
    std::this_thread::yield();
  is_over = true;
  users.clear();
  CHECK(node.process_count() == 0);
  CHECK_FALSE(websock::connect<tests::echo>(node, url, {}).is_alive());
}
