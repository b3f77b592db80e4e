// One node of two: the one that is sent to, or the one that sends and measures.
#include "bench/cluster/messages.hpp"
#include "bench/cluster/scenarios.hpp"

#include <CLI/CLI.hpp>

#include <exception>
#include <iostream>
#include <string>
#include <utility>

namespace {

void add_options(CLI::App& app, bench::settings& how) {
  app.add_option("--name", how.name, "name@host of this node")->required();
  app.add_option("--port", how.port, "of this node");
  app.add_option("--peer", how.peer, "the other node, name@host:port");
  app.add_option("--second", how.second, "one more");
  app.add_option("--epmd", how.epmd, "its port; without it ports are fixed");
  app.add_option("--shards", how.shards, "of this node");
  app.add_option("--count", how.count, "messages, or processes");
  app.add_option("--size", how.size, "octets of a message");
  app.add_option("--rounds", how.rounds, "of large messages");
  app.add_option("--seconds", how.seconds, "that the other node stands still");
  app.add_option("--subscribers", how.subscribers, "on this node");
  app.add_option("--net-ticktime", how.net_ticktime, "seconds");
}

} // namespace

int main(int argc, char** argv) {
  bench::settings how;
  CLI::App app("Two nodes of a cluster, to be measured.");
  app.require_subcommand(1);
  using scenario = nlohmann::json (*)(const bench::settings&);
  for (const auto& [name, run] : {std::pair<const char*, scenario>{"flood", bench::flood},
                                  {"large", bench::large},
                                  {"broadcast", bench::broadcast},
                                  {"stopped", bench::stopped},
                                  {"killed", bench::killed},
                                  {"silent", bench::silent}}) {
    auto* chosen = app.add_subcommand(name);
    add_options(*chosen, how);
    chosen->callback([&how, measure = run] { std::cout << measure(how) << std::endl; });
  }
  auto* peer = app.add_subcommand("peer", "the node that is sent to");
  add_options(*peer, how);
  peer->callback([&how] { bench::serve(how); });
  bench::register_messages();
  try {
    CLI11_PARSE(app, argc, argv);
  } catch (const std::exception& failed) {
    std::cerr << "cluster_node: " << failed.what() << '\n';
    return 1;
  }
  return 0;
}
