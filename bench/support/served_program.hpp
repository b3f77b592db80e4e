// The server that is measured: a process of its own, so that its memory is its own.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace bench {

/// Ends with this object.
class served_program {
public:
  /// An echo server made of this library, for up to `connections`. Call it before any
  /// thread is started: it forks.
  [[nodiscard]] static served_program echo(std::size_t connections);
  /// Runs `path --port 0`, with further arguments; it prints its URL.
  [[nodiscard]] static served_program run(const std::string& path,
                                          std::vector<std::string> arguments = {});

  served_program(served_program&& other) noexcept;
  served_program& operator=(served_program&&) = delete;
  ~served_program();

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  /// Resident memory now, in KiB.
  [[nodiscard]] std::size_t resident_kib() const;

private:
  served_program(pid_t pid, int output, std::uint16_t port) noexcept
      : pid_(pid), output_(output), port_(port) {}

  pid_t pid_;
  int output_; // closed only at the end: the program may go on printing
  std::uint16_t port_;
};

} // namespace bench
