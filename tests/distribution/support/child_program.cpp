// Starting and ending programs, and reading what they print.
#include "tests/distribution/support/child_program.hpp"

#include "tests/support/channel.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace tests {

namespace {

using std::chrono::steady_clock;

[[nodiscard]] steady_clock::time_point deadline() {
  return steady_clock::now() + patience;
}

[[nodiscard]] std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (auto& each : texts)
    all.push_back(each.data());
  all.push_back(nullptr);
  return all;
}

[[nodiscard]] std::string_view name_of(std::string_view variable) {
  return variable.substr(0, variable.find('='));
}

/// Those given, and the test's own behind them.
[[nodiscard]] std::vector<std::string> with_own(std::vector<std::string> variables) {
  variables.emplace_back("HOME=/tmp"); // erl wants one for its cookie
  for (char** each = environ; *each != nullptr; ++each) {
    const auto name = name_of(*each);
    const bool is_given =
        std::any_of(variables.begin(), variables.end(),
                    [&](const std::string& given) { return name_of(given) == name; });
    if (!is_given && name.substr(0, 4) != "ERL_")
      variables.emplace_back(*each);
  }
  return variables;
}

/// What the child does between fork and exec, which may take no lock and no memory.
[[noreturn]] void become(char* const* command, char* const* variables, int output) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL); // a test that is killed takes it along
  ::dup2(::open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  ::execvpe(command[0], command, variables);
  ::_exit(127);
}

} // namespace

bool is_installed(std::string_view name) {
  const char* const folders = std::getenv("PATH"); // NOLINT(concurrency-mt-unsafe)
  std::istringstream each(folders == nullptr ? "" : folders);
  for (std::string folder; std::getline(each, folder, ':');)
    if (::access((std::filesystem::path(folder) / name).c_str(), X_OK) == 0)
      return true;
  return false;
}

child_program::child_program(std::vector<std::string> command,
                             std::vector<std::string> variables) {
  auto all = with_own(std::move(variables));
  const auto words = pointers(command);
  const auto settings = pointers(all);
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    throw std::system_error(errno, std::system_category(), "pipe2");
  output_ = ends[0];
  id_ = ::fork();
  if (id_ == 0)
    become(words.data(), settings.data(), ends[1]);
  ::close(ends[1]);
  if (id_ < 0) {
    ::close(output_);
    throw std::system_error(errno, std::system_category(), "fork");
  }
  ::setpgid(id_, id_); // here as well: whoever is first
}

child_program::~child_program() {
  ::kill(-id_, SIGKILL);
  ::waitpid(id_, nullptr, 0);
  ::close(output_);
}

std::string child_program::line() {
  return line_with({});
}

std::string child_program::line_with(std::string_view part) {
  const auto end = deadline();
  std::string others;
  for (;;) {
    for (auto at = read_.find('\n'); at != std::string::npos; at = read_.find('\n')) {
      auto line = read_.substr(0, at);
      read_.erase(0, at + 1);
      if (line.find(part) != std::string::npos)
        return line;
      others += line + '\n';
    }
    if (!reads_until(end))
      throw std::runtime_error("the program ends without a line with \""
                               + std::string(part) + "\":\n" + others + read_);
  }
}

bool child_program::reads_until(time_point end) {
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(end - steady_clock::now());
  ::pollfd waits{output_, POLLIN, 0};
  if (left.count() <= 0 || ::poll(&waits, 1, static_cast<int>(left.count())) <= 0)
    throw std::runtime_error("the program prints no more than:\n" + read_);
  std::array<char, 65'536> more{};
  const auto size = ::read(output_, more.data(), more.size());
  if (size > 0)
    read_.append(more.data(), static_cast<std::size_t>(size));
  return size > 0;
}

std::string child_program::rest() {
  const auto end = deadline();
  while (reads_until(end))
    continue;
  return std::exchange(read_, {});
}

} // namespace tests
