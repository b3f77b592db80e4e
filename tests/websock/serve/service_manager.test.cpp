// What systemd hears of a server, at a socket as it opens it.
#include "websock/serve/service_manager.hpp"

#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/shard.hpp"
#include "websock/serve/service_watchdog.hpp"
#include "websock/serve/shard_pulse.hpp"

#include "tests/catch.hpp"
#include "tests/support/certificates.hpp"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <future>
#include <stdexcept>
#include <string>
#include <thread>

using websock::service_manager;
using websock::service_manager_from_environment;
using websock::service_watchdog;
using websock::shard_pulse;
namespace runtime = websock::runtime;
using namespace std::chrono_literals;

namespace {

/// Bound to a path, or to an abstract name behind an @.
class notify_socket {
public:
  explicit notify_socket(const std::string& name)
      : descriptor_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    name.copy(static_cast<char*>(at.sun_path), sizeof at.sun_path);
    if (name.front() == '@')
      at.sun_path[0] = '\0';
    const timeval deadline{10, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &deadline, sizeof deadline);
    const auto size =
        static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    if (::bind(descriptor_, reinterpret_cast<const sockaddr*>(&at), size) != 0)
      throw std::runtime_error("no socket " + name);
  }
  ~notify_socket() { ::close(descriptor_); }
  notify_socket(const notify_socket&) = delete;
  notify_socket& operator=(const notify_socket&) = delete;

  [[nodiscard]] std::string take() const {
    std::array<char, 256> text{};
    ssize_t size = 0;
    do
      size = ::recv(descriptor_, text.data(), text.size(), 0);
    while (size < 0 && errno == EINTR);
    return size < 0 ? "nothing"
                    : std::string(text.data(), static_cast<std::size_t>(size));
  }

private:
  const int descriptor_;
};

/// Sets variables, and removes them.
struct environment {
  environment(const char* socket, const char* period, const std::string& pid) {
    ::setenv("NOTIFY_SOCKET", socket, 1);
    ::setenv("WATCHDOG_USEC", period, 1);
    ::setenv("WATCHDOG_PID", pid.c_str(), 1);
  }
  ~environment() {
    for (const char* each : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"})
      ::unsetenv(each);
  }
  environment(const environment&) = delete;
  environment& operator=(const environment&) = delete;
};

} // namespace

TEST_CASE("the service manager is told what the server does") {
  const tests::temporary_folder folder;
  for (const std::string& name :
       {folder.file("notify"), "@websock-test-" + std::to_string(::getpid())}) {
    const notify_socket there(name);
    service_manager manager({name});
    manager.ready();
    manager.reloading();
    manager.beat();
    manager.stopping();
    CHECK(there.take() == "READY=1");
    CHECK(there.take().starts_with("RELOADING=1\nMONOTONIC_USEC="));
    CHECK(there.take() == "WATCHDOG=1");
    CHECK(there.take() == "STOPPING=1");
  }
}

TEST_CASE("without a service manager, or with one that has gone, nothing happens") {
  service_manager none({});
  none.ready();
  service_manager gone({"/nowhere/at/all"});
  gone.ready();
  gone.stopping();
  CHECK_FALSE(gone.watchdog());
}

TEST_CASE("the environment names the service manager") {
  CHECK(service_manager_from_environment().socket.empty());
  const auto own = std::to_string(::getpid());
  {
    const environment set("/run/notify", "20000000", own);
    CHECK(service_manager_from_environment().socket == "/run/notify");
    CHECK(service_manager_from_environment().watchdog == 20s);
  }
  {
    const environment set("@name", "20000000", "1");
    CHECK(service_manager_from_environment().socket == "@name");
    CHECK_FALSE(service_manager_from_environment().watchdog);
  }
  for (const char* period : {"", "0", "-1", "20s", "99999999999999999999"}) {
    const environment set("@name", period, own);
    CHECK_FALSE(service_manager_from_environment().watchdog);
  }
  const std::string longest = "/" + std::string(200, 'a');
  for (const char* socket : {"", "@", "relative", longest.c_str()}) {
    const environment set(socket, "20000000", own);
    CHECK(service_manager_from_environment().socket.empty());
    CHECK_FALSE(service_manager_from_environment().watchdog);
  }
}

TEST_CASE("a shard that is held up gives no sign of life") {
  runtime::node node({.shards = 2});
  std::promise<void> begun;
  std::promise<void> end;
  node.shard_at(1).post([&](runtime::shard&) {
    begun.set_value();
    end.get_future().wait();
  });
  begun.get_future().wait();
  shard_pulse pulse(node);
  CHECK(pulse.is_answered());
  pulse.ask();
  pulse.ask(); // the other shard owes one answer, not two
  CHECK_FALSE(pulse.is_answered());
  end.set_value();
  const auto deadline = std::chrono::steady_clock::now() + 10s;
  while (!pulse.is_answered() && std::chrono::steady_clock::now() < deadline)
    std::this_thread::yield();
  CHECK(pulse.is_answered());
  node.stop();
}

TEST_CASE("a node that stops owes no sign of life") {
  runtime::node node({.shards = 2});
  shard_pulse pulse(node);
  pulse.ask();
  node.stop();
  CHECK(pulse.is_answered());
  pulse.ask(); // nobody runs it
  CHECK(pulse.is_answered());
}

TEST_CASE("the watchdog is told again and again") {
  const std::string name = "@websock-watchdog-" + std::to_string(::getpid());
  const notify_socket there(name);
  runtime::node node({.shards = 2});
  service_manager manager({name, 20ms});
  {
    const service_watchdog watchdog(node, manager);
    for (int i = 0; i < 5; ++i)
      CHECK(there.take() == "WATCHDOG=1");
  }
  node.stop();
}
