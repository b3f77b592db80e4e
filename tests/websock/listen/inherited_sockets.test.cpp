// Sockets inherited from a service manager, as in sd_listen_fds(3).
// tests/e2e/python_inherited_e2e.py tests them with a separate program.
#include "websock/listen/inherited_sockets.hpp"

#include "tests/catch.hpp"
#include "tests/support/own_program.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>
#include <string>
#include <system_error>

using websock::inherited_sockets;

namespace {

void promise(const std::string& pid, const std::string& count,
             const std::string& names = "web") {
  REQUIRE(::setenv("LISTEN_PID", pid.c_str(), 1) == 0);
  REQUIRE(::setenv("LISTEN_FDS", count.c_str(), 1) == 0);
  REQUIRE(::setenv("LISTEN_FDNAMES", names.c_str(), 1) == 0);
}

[[nodiscard]] bool are_gone() {
  return ::getenv("LISTEN_PID") == nullptr && ::getenv("LISTEN_FDS") == nullptr
         && ::getenv("LISTEN_FDNAMES") == nullptr;
}

} // namespace

TEST_CASE("nobody promised sockets: there are none") {
  CHECK(inherited_sockets().empty());
}

TEST_CASE("sockets of another process are not taken, and not passed on") {
  promise(std::to_string(::getppid()), "1");
  CHECK(inherited_sockets().empty());
  CHECK(are_gone());
  promise(std::to_string(::getpid()), "0");
  CHECK(inherited_sockets().empty());
  CHECK(are_gone());
}

TEST_CASE("a promise that is malformed is an error, not a server on another port") {
  const auto me = std::to_string(::getpid());
  for (const char* count : {"x", "-1", "1 ", "0x1", "1025", "99999999999"}) {
    CAPTURE(count);
    promise(me, count);
    CHECK_THROWS_AS(inherited_sockets(), std::invalid_argument);
    CHECK(are_gone());
  }
  promise(me + "x", "1");
  CHECK_THROWS_WITH(inherited_sockets(), "LISTEN_PID is \"" + me
                                             + "x\": it must be a number up to "
                                               "2147483647");
}

// Run by the next one, in a program of its own: the descriptors are all its own.
TEST_CASE("a program is promised two sockets", "[.]") {
  if (!tests::is_alone())
    return;
  const auto me = std::to_string(::getpid());
  for (const int each : {3, 4})
    REQUIRE(::dup2(STDOUT_FILENO, each) == each);
  promise(me, "2", "web:admin");
  const auto all = inherited_sockets();
  REQUIRE(all.size() == 2);
  CHECK(all[0].descriptor == 3);
  CHECK(all[0].name == "web");
  CHECK(all[1].descriptor == 4);
  CHECK(all[1].name == "admin");
  for (const auto& each : all)
    CHECK(::fcntl(each.descriptor, F_GETFD) == FD_CLOEXEC);
  CHECK(are_gone());
  REQUIRE(::close(4) == 0);
  promise(me, "2", "");
  CHECK_THROWS_AS(inherited_sockets(), std::system_error);
}

TEST_CASE("promised sockets come with their names, and close on exec") {
  CHECK(tests::run_alone("a program is promised two sockets").status == 0);
}
