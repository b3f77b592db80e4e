// How Erlang's programs are started.
#include "tests/distribution/support/erlang_program.hpp"

#include "tests/catch.hpp"
#include "tests/support/channel.hpp"

#include <chrono>
#include <stdexcept>
#include <thread>

namespace tests {

namespace {

[[nodiscard]] std::vector<std::string> erl(const std::string& name,
                                           const std::string& expression,
                                           const erlang_options& options) {
  std::vector<std::string> command{"erl",         "-noinput",
                                   "-start_epmd", "false",
                                   "-name",       name + "@127.0.0.1",
                                   "-setcookie",  options.cookie,
                                   "-kernel",     "inet_dist_use_interface",
                                   "{127,0,0,1}"};
  command.insert(command.end(), options.flags.begin(), options.flags.end());
  command.insert(command.end(), {"-eval", expression + '.'});
  return command;
}

} // namespace

bool has_erlang() {
  if (is_installed("erl") && is_installed("epmd") && is_installed("escript"))
    return true;
  WARN("skipped: erl, epmd and escript are not installed (apt-get install erlang-base)");
  return false;
}

erlang_epmd::erlang_epmd(std::uint16_t port)
    : port_(port),
      program_({"epmd", "-address", "127.0.0.1", "-port", std::to_string(port)}) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!is_listened_on(port)) {
    if (std::chrono::steady_clock::now() > end)
      throw std::runtime_error("epmd does not listen");
    std::this_thread::sleep_for(std::chrono::milliseconds(5)); // between two attempts
  }
}

erlang_program::erlang_program(std::uint16_t epmd, const std::string& name,
                               const std::string& expression,
                               const erlang_options& options)
    : program_(erl(name, expression, options),
               {"ERL_EPMD_PORT=" + std::to_string(epmd)}) {
}

} // namespace tests
