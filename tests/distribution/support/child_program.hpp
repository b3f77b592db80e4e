// Other programs beside a test, and what they print.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace tests {

/// Whether a program of this name can be run.
[[nodiscard]] bool is_installed(std::string_view name);

/// A program that is killed, with its children, when its object or the thread of the test
/// ends. Standard error is printed too. Every wait throws std::runtime_error when it
/// takes too long.
class child_program {
public:
  /// Variables, as in "NAME=value", replace those of the test. HOME is /tmp, and no
  /// variable of the test is for Erlang.
  explicit child_program(std::vector<std::string> command,
                         std::vector<std::string> variables = {});
  ~child_program();
  child_program(const child_program&) = delete;
  child_program& operator=(const child_program&) = delete;

  /// Its number in the system.
  [[nodiscard]] ::pid_t id() const noexcept { return id_; }
  /// The next line that it prints.
  [[nodiscard]] std::string line();
  /// The next line that contains `part`.
  std::string line_with(std::string_view part);
  /// All that it prints until it ends.
  [[nodiscard]] std::string rest();

private:
  using time_point = std::chrono::steady_clock::time_point;
  [[nodiscard]] bool reads_until(time_point end); // false: it has ended

  ::pid_t id_ = 0;
  int output_ = -1;
  std::string read_;
};

} // namespace tests
