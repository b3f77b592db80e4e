// Runs a test in a separate process, for tests that would end or restrict the main one.
#pragma once

#include "tests/catch.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <string>

namespace tests {

/// A file in memory.
class memory_file {
public:
  memory_file() : descriptor_(::memfd_create("test", 0)) {}
  ~memory_file() { ::close(descriptor_); }
  memory_file(const memory_file&) = delete;
  memory_file& operator=(const memory_file&) = delete;

  [[nodiscard]] int get() const noexcept { return descriptor_; }
  /// The first 4,096 octets.
  [[nodiscard]] std::string text() const {
    std::array<char, 4'096> octets{};
    const auto size = ::pread(descriptor_, octets.data(), octets.size(), 0);
    return {octets.data(), static_cast<std::size_t>(size)};
  }

private:
  int descriptor_;
};

struct program_end {
  int status;      // as from waitpid(2); 0 is success
  std::string log; // what it wrote to standard error
};

/// Whether this is such a process; elsewhere the test is skipped.
[[nodiscard]] inline bool is_alone() {
  return std::getenv("WEBSOCK_TEST_ALONE") != nullptr; // NOLINT(concurrency-mt-unsafe)
}

/// Runs the test with this name in a new process.
[[nodiscard]] inline program_end run_alone(std::string test) {
  const memory_file log;
  posix_spawn_file_actions_t streams;
  ::posix_spawn_file_actions_init(&streams);
  ::posix_spawn_file_actions_adddup2(&streams, log.get(), STDERR_FILENO);
  ::posix_spawn_file_actions_addopen(&streams, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  std::string self = "/proc/self/exe";
  std::string alone = "WEBSOCK_TEST_ALONE=1";
  const std::array<char*, 3> arguments{self.data(), test.data(), nullptr};
  const std::array<char*, 2> environment{alone.data(), nullptr};
  ::pid_t child = 0;
  REQUIRE(::posix_spawn(&child, self.c_str(), &streams, nullptr, arguments.data(),
                        environment.data())
          == 0);
  ::posix_spawn_file_actions_destroy(&streams);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return {status, log.text()};
}

} // namespace tests
