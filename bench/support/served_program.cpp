// The server that is measured.
#include "bench/support/served_program.hpp"

#include "websock/websock.hpp"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <utility>

namespace bench {

namespace {

class echo_handler final : public websock::handler {
  websock::handle_result handle_in(websock::message_view in) override {
    return websock::push(in);
  }
};

void serve_echo(std::size_t connections, int output) {
  websock::server server({.port = 0,
                          .max_connections = connections + 16,
                          .connection = {.timeout = std::chrono::hours(1)},
                          .drain = {.deadline = std::chrono::milliseconds(100)}});
  server.websocket<echo_handler>("/").start();
  const auto url = server.url();
  if (::write(output, url.data(), url.size()) > 0)
    server.run();
}

/// Runs `work(output)` in a child whose output this process reads. A child does not
/// outlive its parent, and never returns.
template <class F>
[[nodiscard]] std::pair<pid_t, int> start_child(F work) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0)
    throw std::runtime_error("pipe");
  const pid_t child = ::fork();
  if (child < 0)
    throw std::runtime_error("fork");
  if (child > 0) {
    ::close(ends[1]);
    return {child, ends[0]};
  }
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  ::close(ends[0]);
  work(ends[1]);
  ::_exit(1);
}

/// The port in the URL that a server prints when it is ready.
[[nodiscard]] std::uint16_t read_port(int output) {
  std::string said;
  std::array<char, 256> buffer;
  for (;;) {
    const auto begin = said.find("://");
    const auto colon = said.find(':', begin == std::string::npos ? begin : begin + 3);
    if (colon != std::string::npos && said.find('/', colon) != std::string::npos)
      return static_cast<std::uint16_t>(std::stoi(said.substr(colon + 1)));
    const auto count = ::read(output, buffer.data(), buffer.size());
    if (count <= 0)
      throw std::runtime_error("the server did not start: " + said);
    said.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

} // namespace

served_program served_program::echo(std::size_t connections) {
  const auto [pid, output] =
      start_child([connections](int out) { serve_echo(connections, out); });
  return {pid, output, read_port(output)};
}

served_program served_program::run(const std::string& path,
                                   std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {path, "--port", "0"});
  std::vector<char*> words;
  for (auto& each : arguments)
    words.push_back(each.data());
  words.push_back(nullptr);
  const auto [pid, output] = start_child([&](int out) {
    ::dup2(out, STDOUT_FILENO);
    ::execv(path.c_str(), words.data());
  });
  return {pid, output, read_port(output)};
}

served_program::served_program(served_program&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), output_(other.output_), port_(other.port_) {
}

// SIGTERM may come before the program waits for it, and ends it then as well.
served_program::~served_program() {
  if (pid_ < 0)
    return;
  ::kill(pid_, SIGTERM);
  ::waitpid(pid_, nullptr, 0);
  ::close(output_);
}

std::size_t served_program::resident_kib() const {
  std::ifstream status("/proc/" + std::to_string(pid_) + "/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmRSS:"))
      return std::stoul(line.substr(6));
  throw std::runtime_error("the server has ended");
}

} // namespace bench
