// A Redis of the test's own, on a Unix socket or a free port of the loopback.
#pragma once

#include "websock/runtime/redis/engine_options.hpp"

#include "tests/distribution/support/child_program.hpp"
#include "tests/support/certificates.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace tests {

/// Ends with its object, as does all that it keeps.
class redis_server {
public:
  enum class way : std::uint8_t { unix_socket, tcp, tls };

  /// `settings` are more words of its command line. Returns once it answers.
  explicit redis_server(way by = way::unix_socket,
                        std::vector<std::string> settings = {});

  /// Options that reach it.
  [[nodiscard]] websock::runtime::redis::engine_options
  options(const std::string& name) const;
  /// Sends a command by a connection of the test's own and returns the first line of the
  /// answer; on a Unix socket only.
  std::string ask(const std::string& command) const;

  void kill();    // as kill -9 does
  void restart(); // without what it had
  void freeze();  // SIGSTOP
  void thaw();    // SIGCONT
  [[nodiscard]] const certificate_authority& authority() const { return *authority_; }
  /// Its number in the system.
  [[nodiscard]] ::pid_t id() const { return program_->id(); }

private:
  [[nodiscard]] std::vector<std::string> command_line() const;
  void start();

  const way by_;
  const std::vector<std::string> settings_;
  temporary_folder folder_;
  std::unique_ptr<certificate_authority> authority_;
  certificate_files certificate_;
  std::uint16_t port_ = 0;
  std::unique_ptr<child_program> program_;
};

} // namespace tests
