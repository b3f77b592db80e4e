// A node for the network test: it does what the lines of its input say, and prints what
// it hears.
#include "websock/runtime/cluster.hpp"
#include "websock/runtime/node.hpp"
#include "websock/runtime/process_group.hpp"
#include "websock/runtime/send.hpp"

#include "tests/network/messages.hpp"
#include "tests/network/probe.hpp"
#include "tests/network/tell.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <exception>
#include <iostream>
#include <sstream>
#include <string>
#include <thread>
#include <utility>

namespace {

using namespace std::chrono_literals;

struct settings {
  websock::cluster_options options;
  websock::cluster_tls tls;
  std::size_t net_ticktime = 1'000; // milliseconds
  bool is_older = false;
};

void add_options(CLI::App& app, settings& how) {
  app.add_option("--name", how.options.name, "name@host of this node")->required();
  app.add_option("--address", how.options.address, "to listen on")->required();
  app.add_option("--cookie-file", how.options.cookie_file)->required();
  app.add_option("--certificate", how.tls.certificate_file)->required();
  app.add_option("--key", how.tls.key_file)->required();
  app.add_option("--ca", how.tls.ca_file)->required();
  app.add_option("--join", how.options.nodes, "nodes to stay connected with");
  app.add_option("--net-ticktime", how.net_ticktime, "milliseconds");
  app.add_flag("--older", how.is_older, "knows a field less of a message");
}

void run(settings how) {
  const auto which = how.is_older ? network::build::before : network::build::now;
  network::register_messages(which);
  how.options.tls = how.tls;
  how.options.net_ticktime = std::chrono::milliseconds(how.net_ticktime);
  how.options.exported_names = {"probe"};
  how.options.connect_timeout = 2s;
  how.options.least_pause = 50ms;
  how.options.longest_pause = 200ms;
  websock::runtime::process_group::scope groups;
  websock::runtime::node node({.shards = 2, .pool_threads = 1});
  const auto probe = node.spawn<network::probe>(groups, which);
  while (!node.whereis("probe"))
    std::this_thread::yield();
  websock::cluster cluster(node, how.options);
  cluster.join_scope("network", groups);
  cluster.monitor_nodes(probe);
  network::tell("ready", cluster.port());
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream text(line);
    network::command what;
    for (std::string word; text >> word;)
      what.words.push_back(word);
    websock::runtime::send(probe, std::move(what));
  }
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app("A node of the network test.");
  settings how;
  add_options(app, how);
  CLI11_PARSE(app, argc, argv);
  try {
    run(std::move(how));
  } catch (const std::exception& failed) {
    std::cerr << "network_node: " << failed.what() << '\n';
    return 1;
  }
  return 0;
}
