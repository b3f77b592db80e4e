// Reads options from the command line, the environment and a file.
#pragma once

#include "websock/config/option_table.hpp"
#include "websock/config/server_table.hpp"

#include <CLI/CLI.hpp>

#include <functional>
#include <iosfwd>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace websock::config {

/// The options of a program, each under one name everywhere:
///
///     --connection.timeout 30s                  on the command line
///     WEBSOCK_CONNECTION_TIMEOUT=30s            in the environment
///     connection.timeout = 30s                  in the file of --config, or in it
///     [connection] / timeout = 30s
///
/// The command line wins over the environment, and that over the file. `--help` lists
/// them with their defaults; `--print-config` prints what is in force, as a file that can
/// be read again. For one thread.
class configuration {
public:
  /// `prefix` is what the names of environment variables begin with.
  explicit configuration(std::string description, std::string prefix = "WEBSOCK_");
  configuration(const configuration&) = delete;
  configuration& operator=(const configuration&) = delete;

  /// Reads these options, too. The struct keeps its values as defaults, and outlives
  /// `read`, which also validates it.
  void add(server_options& its);
  void add(runtime::node_options& its, const std::string& prefix = "node.");
  /// Options of another kind. `validate` throws std::invalid_argument for values that do
  /// not go together.
  void add(const option_table& more, std::function<void()> validate = {});
  /// For options that are the application's own: they are on the command line only.
  [[nodiscard]] CLI::App& app() noexcept { return app_; }

  /// Reads everything. Returns the exit status when the program has nothing more to do:
  /// 0 after --help and --print-config, which print to `out`; 1 after a mistake, which
  /// `errors` names with where it is written. Empty: the options are set.
  [[nodiscard]] std::optional<int> read(int argc, const char* const* argv,
                                        std::ostream& out, std::ostream& errors);

  /// What is in force, as a file.
  void print(std::ostream& out) const;

private:
  struct given {
    std::string text;
    std::string where; // for complaints
  };

  void read_file();
  void read_environment();
  void read_command_line();
  void give(const std::string& name, given value);
  void apply();
  [[nodiscard]] std::string variable_of(const std::string& name) const;

  const std::string prefix_;
  CLI::App app_;
  std::string file_;
  bool prints_ = false;
  option_table table_;
  std::map<std::string, std::vector<std::string>> command_line_; // by name
  std::map<std::string, given> given_;
  std::vector<std::function<void()>> validate_;
};

} // namespace websock::config
