// Rooms on several nodes that keep what is said, and who is there: what a client finds
// again when its node is killed.
#include "websock/channels.hpp"
#include "websock/channels/presence.hpp"
#include "websock/channels/presence_cluster.hpp"
#include "websock/websock.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <iostream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

using websock::json;
using websock::channels::presence;
using namespace std::chrono_literals;

class visitor final : public websock::channel_socket {
public:
  [[nodiscard]] const std::string& name() const noexcept { return name_; }

private:
  websock::connect_result connect(const json& params,
                                  const websock::connect_info&) override {
    name_ = params.value("name", "");
    return name_.empty() ? refuse() : accept();
  }

  std::string name_;
};

struct after_join {};

class room final : public websock::channel {
public:
  explicit room(presence* people) : people_(people) {}

private:
  websock::join_result join(std::string_view, const payload&) override {
    self().send(self().pid(), after_join());
    return ok();
  }
  websock::channel_result handle_info(websock::runtime::term info) override {
    if (info.is<after_join>()) {
      people_->push_state(*this);
      people_->track(*this, socket<visitor>().name(), json::object());
    }
    return noreply();
  }
  websock::channel_result handle_in(std::string_view event, const payload& in) override {
    if (event != "said")
      throw std::invalid_argument("no such event: " + std::string(event));
    broadcast("said", {{"by", socket<visitor>().name()}, {"n", in["n"]}});
    return reply();
  }

  presence* const people_;
};

} // namespace

int main(int argc, char** argv) {
  websock::server_options options{.port = 0};
  websock::cluster_options nodes;
  std::vector<std::string> origins;
  std::size_t history = 1'000;
  CLI::App app("Rooms on several nodes.");
  app.add_option("--port", options.port);
  app.add_option("--origin", origins, "pages that may connect");
  app.add_option("--history", history, "messages that a room keeps");
  app.add_option("--node", nodes.name)->required();
  app.add_option("--cookie-file", nodes.cookie_file)->required();
  app.add_option("--join", nodes.nodes, "other nodes");
  app.add_option("--epmd-port", nodes.epmd_port);
  CLI11_PARSE(app, argc, argv);
  try {
    if (!origins.empty())
      options.connection.origin = websock::http::origins(origins);
    websock::runtime::node node({.shards = 2});
    websock::cluster cluster(node, nodes);
    presence people(node, {.periods = {.down = 1s}}); // a test does not wait for 30
    websock::channels::join_cluster(people, cluster);
    websock::server server(node, options);
    server.channels<visitor>("/socket").channel<room>(
        "room:*", {.history = history, .history_time = 10min}, &people);
    return server.run([&] { std::cout << "listening on " << server.url() << std::endl; });
  } catch (const std::exception& failed) {
    std::cerr << "rooms: " << failed.what() << '\n';
    return 1;
  }
}
