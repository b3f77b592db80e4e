// The load generator: one scenario against one server, and one line of JSON. It checks
// what comes back, and ends by itself.
#include "bench/load/scenarios.hpp"

#include <CLI/CLI.hpp>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <exception>
#include <iostream>
#include <string>

namespace {

using bench::settings;

void allow_all_descriptors() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

struct command {
  settings wanted;
  std::int64_t limit_ms = 10'000;
  unsigned deadline = 120; // seconds
  nlohmann::json (*measure)(const settings&) = nullptr;
};

void add_server_options(CLI::App& app, command& told) {
  auto& wanted = told.wanted;
  app.add_option("--host", wanted.host, "the server's IPv4 address");
  app.add_option("--port", wanted.port, "and port")->required();
  app.add_option("--path", wanted.path, "of the WebSocket");
  app.add_option("--server-pid", wanted.server_pid,
                 "the server's process, for its CPU time and memory");
  app.add_flag("--tls", wanted.tls, "wss; certificates are not verified");
  app.add_option("--deadline", told.deadline, "seconds until it is killed")
      ->check(CLI::Range(1, 3'600));
}

void add_amount_options(CLI::App& app, command& told) {
  auto& wanted = told.wanted;
  app.add_option("--connections", wanted.connections, "at a time")
      ->check(CLI::Range(1, 1'000'000));
  app.add_option("--messages", wanted.messages, "that are measured, at most")
      ->check(CLI::Range(1LL, 10'000'000'000LL));
  app.add_option("--warm-up", wanted.warm_up, "messages before them")
      ->check(CLI::Range(0LL, 10'000'000'000LL));
  app.add_option("--limit-ms", told.limit_ms, "milliseconds after which none is sent")
      ->check(CLI::Range(1, 3'600'000));
}

void add_payload_options(CLI::App& app, command& told) {
  auto& wanted = told.wanted;
  app.add_option("--size", wanted.size, "octets of a payload")
      ->check(CLI::Range(1, 64 * 1'024 * 1'024));
  app.add_flag_callback(
      "--binary", [&] { wanted.kind = bench::payload_kind::binary; }, "instead of text");
  app.add_flag_callback(
      "--json", [&] { wanted.kind = bench::payload_kind::json; }, "text that compresses");
  app.add_flag("--deflate", wanted.deflate, "permessage-deflate");
}

void add_channel_options(CLI::App& app, command& told) {
  auto& wanted = told.wanted;
  app.add_option("--topic", wanted.topic, "of channels that carry the messages");
  app.add_option("--topics", wanted.topics, "that each connection joins")
      ->check(CLI::Range(0, 100));
  app.add_option("--event", wanted.event, "of what is pushed and replied to");
}

CLI::App& add_scenario(CLI::App& app, command& told, const char* name, const char* what,
                       nlohmann::json (*measure)(const settings&)) {
  auto& scenario = *app.add_subcommand(name, what);
  scenario.callback([&told, measure] { told.measure = measure; });
  add_server_options(scenario, told);
  add_amount_options(scenario, told);
  return scenario;
}

void add_scenarios(CLI::App& app, command& told) {
  auto& wanted = told.wanted;
  auto& echo =
      add_scenario(app, told, "echo", "each message comes back", [](const settings& how) {
        return how.rate > 0 ? bench::measure_paced_echo(how) : bench::measure_echo(how);
      });
  add_payload_options(echo, told);
  add_channel_options(echo, told);
  echo.add_option("--depth", wanted.depth, "messages in flight on each connection")
      ->check(CLI::Range(1, 10'000));
  echo.add_option(
      "--rate", wanted.rate,
      "messages a second, on a schedule; latency counts from when each is due");
  auto& fanout =
      add_scenario(app, told, "fanout", "one sends, all receive", bench::measure_fanout);
  add_payload_options(fanout, told);
  add_channel_options(fanout, told);
  fanout.add_option("--window", wanted.depth, "broadcasts on their way")
      ->check(CLI::Range(1, 10'000));
  fanout.add_option("--silent", wanted.silent, "further connections that never read")
      ->check(CLI::Range(0, 100'000));
  auto& idle = add_scenario(app, told, "idle", "connections that do nothing any more",
                            bench::measure_idle);
  add_payload_options(idle, told);
  add_channel_options(idle, told);
  idle.add_option("--heap", wanted.heap_path,
                  "where the server tells what it has allocated");
  auto& visits = add_scenario(app, told, "visits", "topics that are joined and left",
                              bench::measure_visits);
  visits.add_option("--topic", wanted.topic, "which one")->required();
  add_scenario(app, told, "churn", "connect, upgrade, close", bench::measure_churn);
}

} // namespace

int main(int argc, char** argv) {
  command told;
  CLI::App app("Loads a WebSocket server, and measures it.");
  app.require_subcommand(1);
  add_scenarios(app, told);
  CLI11_PARSE(app, argc, argv);
  told.wanted.limit = std::chrono::milliseconds(told.limit_ms);
  ::alarm(told.deadline);
  allow_all_descriptors();
  try {
    std::cout << told.measure(told.wanted) << std::endl;
    return 0;
  } catch (const std::exception& failed) {
    std::cerr << "load: " << failed.what() << '\n';
    return 1;
  }
}
