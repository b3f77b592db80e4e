// What the default log sink writes.
#include "runtime/log.hpp"

#include "tests/catch.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <string>
#include <string_view>

namespace {

/// What goes to standard error while `write` runs.
template <class Write>
std::string captured(Write write) {
  const int file = ::memfd_create("stderr", 0);
  const int before = ::dup(STDERR_FILENO);
  std::fflush(stderr);
  ::dup2(file, STDERR_FILENO);
  write();
  std::fflush(stderr);
  ::dup2(before, STDERR_FILENO);
  ::close(before);
  std::array<char, 256> text{};
  const auto size = ::pread(file, text.data(), text.size(), 0);
  ::close(file);
  return {text.data(), static_cast<std::size_t>(size)};
}

std::string logged(std::string_view line) {
  return captured([&] { runtime::log_to_stderr(runtime::log_level::warning, line); });
}

} // namespace

TEST_CASE("a line of the log is its level, the text and one end of line") {
  CHECK(logged("caf\xC3\xA9 is closed") == "warning: caf\xC3\xA9 is closed\n");
}

TEST_CASE("control characters in the log are made visible: nobody writes a second line") {
  CHECK(logged("a\nerror: forged\r\t\x1b[2J\x7F")
        == "warning: a\\x0aerror: forged\\x0d\\x09\\x1b[2J\\x7f\n");
  CHECK(logged(std::string_view("a\0b", 3)) == "warning: a\\x00b\n");
}
