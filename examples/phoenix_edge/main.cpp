// The edge of an application of Phoenix: clients connect their channels here, with the
// tokens that the application has signed, and what either side broadcasts reaches both.
#include "websock/channels.hpp"
#include "websock/phoenix.hpp"
#include "websock/runtime/cluster.hpp"
#include "websock/websock.hpp"

#include "examples/page_headers.hpp"
#include "examples/phoenix_edge/cluster_watch.hpp"
#include "examples/phoenix_edge/login.hpp"
#include "examples/phoenix_edge/page.hpp"
#include "examples/phoenix_edge/room.hpp"
#include "examples/phoenix_edge/user_socket.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdint>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;

struct settings {
  websock::server_options server;
  websock::cluster_options cluster{.name = "edge@127.0.0.1", .longest_pause = 5s};
  websock::phoenix::pubsub_options app{.name = "MyApp.PubSub"};
  std::string secret_file;
  std::string salt = "user socket";
  std::optional<std::int64_t> max_age;
  std::string login_page;
  std::vector<std::string> origins;
};

void add_server_options(CLI::App& app, settings& its) {
  app.add_option("--host", its.server.host, "address to listen on for clients");
  app.add_option("--port", its.server.port, "port for clients, 0 for a free one");
  app.add_option("--shards", its.server.shards, "threads, 0 for one per core");
  app.add_option("--origin", its.origins,
                 "pages that may connect besides this server's, as in "
                 "https://app.example.org");
}

void add_cluster_options(CLI::App& app, settings& its) {
  app.add_option("--node", its.cluster.name, "name and host of this node");
  app.add_option("--cookie-file", its.cluster.cookie_file,
                 "the secret of all nodes; only its owner may read it")
      ->required();
  app.add_option("--join", its.cluster.nodes,
                 "the nodes of the application, as in app@127.0.0.1")
      ->required();
  app.add_option("--epmd-port", its.cluster.epmd_port,
                 "where nodes find each other's ports");
  app.add_option("--pubsub", its.app.name, "name of the application's PubSub");
  app.add_option("--pool-size", its.app.pool_size, "of the PubSub, as it is there");
}

void add_token_options(CLI::App& app, settings& its) {
  app.add_option("--secret-file", its.secret_file,
                 "the application's secret_key_base; only its owner may read it")
      ->required();
  app.add_option("--salt", its.salt, "of Phoenix.Token, as it is there");
  app.add_option("--max-age", its.max_age,
                 "seconds after which a token has expired; else as it says itself")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{315'360'000}));
  app.add_option("--login-page", its.login_page,
                 "of the application: it signs a token and comes back to /#token=...");
}

[[nodiscard]] std::optional<std::chrono::seconds> max_age_of(const settings& its) {
  return its.max_age ? std::optional(std::chrono::seconds(*its.max_age)) : std::nullopt;
}

// A line has at most 2,000 octets; JSON can take six for each.
[[nodiscard]] websock::server_options server_options_of(const settings& its) {
  auto options = its.server;
  options.connection.limits.max_frame_size = 16'384;
  options.connection.limits.max_message_size = 16'384;
  if (!its.origins.empty())
    options.connection.origin = websock::http::origins(its.origins);
  return options;
}

void serve(websock::server& on, const settings& its, const phoenix_edge::login& tokens,
           const websock::phoenix::pubsub& app) {
  websock::channels::mount(
      on, "/socket", {.max_channels = 8, .auth_token = true},
      [&tokens] { return std::make_shared<phoenix_edge::user_socket>(tokens); })
      .channel<phoenix_edge::room>("room:*", its.cluster.name)
      .channel<phoenix_edge::cluster_watch>(phoenix_edge::cluster_topic, &app,
                                            its.cluster.name, its.app.name);
  on.files(phoenix_edge::page(), examples::page_headers)
      .get("/login",
           [page = its.login_page](const auto&) {
             return websock::http::json(websock::json{{"page", page}}.dump());
           })
      .post("/login", {.body_limit = 16'384},
            [&tokens](const websock::http::request& request) {
              return tokens.answer(request);
            });
}

[[nodiscard]] int run(const settings& its) {
  const phoenix_edge::login tokens(phoenix_edge::secret_from(its.secret_file), its.salt,
                                   max_age_of(its));
  const auto options = server_options_of(its);
  websock::runtime::node node({.shards = options.shards, .reactor = options.reactor});
  websock::cluster cluster(node, its.cluster);
  const websock::phoenix::pubsub app(node, cluster, its.app);
  websock::server server(node, options);
  serve(server, its, tokens, app);
  return server.run([&] {
    std::cout << "phoenix_edge: " << server.url() << ", node " << cluster.name() << " of "
              << its.app.name << "; Ctrl-C stops it" << std::endl;
  });
}

} // namespace

int main(int argc, char** argv) {
  settings its;
  CLI::App app("The edge of an application of Phoenix.");
  add_server_options(app, its);
  add_cluster_options(app, its);
  add_token_options(app, its);
  CLI11_PARSE(app, argc, argv);
  try {
    return run(its);
  } catch (const std::exception& failed) {
    std::cerr << "phoenix_edge: " << failed.what() << '\n';
    return 1;
  }
}
