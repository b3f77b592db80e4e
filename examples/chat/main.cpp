// The chat: rooms, who is in them, and what was said there, for browsers.
#include "websock/channels/presence_cluster.hpp"
#include "websock/websock.hpp"

#include "examples/chat/crossing.hpp"
#include "examples/chat/directory.hpp"
#include "examples/chat/page.hpp"
#include "examples/chat/redis_nodes.hpp"
#include "examples/chat/serve.hpp"
#include "examples/page_headers.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdint>
#include <iostream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

struct settings {
  websock::server_options server;
  std::string reactor = "auto";
  websock::tls_options tls;
  chat::rooms::limits rooms;
  chat::doorman::limits visits;
  bool crashable = false;
  std::string store;
  std::string secret_file;
  std::string node;
  chat::redis_setup redis;
  std::string cookie_file;
  std::vector<std::string> others;
  std::vector<std::string> pages;
  std::uint16_t epmd_port = 4369;
};

void add_server_options(CLI::App& app, settings& its) {
  auto& server = its.server;
  app.add_option("--host", server.host, "address to listen on");
  app.add_option("--port", server.port, "port to listen on, 0 for a free one");
  app.add_option("--shards", server.shards, "threads, 0 for one per core");
  app.add_option("--reactor", its.reactor, "auto, epoll or uring (io_uring)");
  app.add_option("--max-connections", server.max_connections,
                 "at a time, 0 for 16,384 per shard");
  auto* key = app.add_option("--tls-key", its.tls.key_file, "private key, PEM");
  auto* certificate = app.add_option("--tls-cert", its.tls.certificate_file,
                                     "certificate chain, PEM: https");
  certificate->needs(key);
  key->needs(certificate);
}

void add_chat_options(CLI::App& app, settings& its) {
  app.add_option("--max-rooms", its.rooms.rooms, "at a time");
  app.add_option("--max-visits", its.visits.visits,
                 "of one address at a time, 0 for any number; none of this machine");
  app.add_flag("--crashable", its.crashable,
               "the line /crash crashes the channel of who says it");
  app.add_option("--store", its.store,
                 "the file that keeps rooms, lines and names; else they are in memory");
  app.add_option("--secret-file", its.secret_file,
                 "what signs the tokens of names; only its owner may read it");
}

void add_node_options(CLI::App& app, settings& its) {
  auto* cookie = app.add_option("--cookie-file", its.cookie_file,
                                "the secret of all nodes; only its owner may read it");
  auto* named =
      app.add_option("--node", its.node, "name among other nodes, as in chat1@127.0.0.1")
          ->needs("--secret-file");
  cookie->needs(named);
  app.add_option("--join", its.others, "the names of all other nodes")->needs(cookie);
  app.add_option("--pages", its.pages,
                 "the pages of all nodes, as in http://127.0.0.1:4000: where a page "
                 "reconnects when its node is gone")
      ->needs(named);
  app.add_option("--epmd-port", its.epmd_port, "where nodes find each other's ports")
      ->needs(cookie);
  if (!chat::has_redis())
    return;
  auto* redis = app.add_option("--redis", its.redis.address,
                               "HOST or HOST:PORT of the Redis that joins all nodes, "
                               "instead of a cluster")
                    ->needs(named)
                    ->excludes(cookie);
  app.add_option("--redis-password-file", its.redis.password_file,
                 "what Redis asks for; only its owner may read it")
      ->needs(redis);
}

// A line has at most 2,000 characters; JSON can take up to 12 bytes for each.
[[nodiscard]] websock::server_options server_options_of(const settings& its) {
  auto options = its.server;
  options.connection.compress = true;
  options.connection.limits.max_frame_size = 32'768;
  options.connection.limits.max_message_size = 32'768;
  if (!its.tls.key_file.empty())
    options.tls = its.tls;
  if (!its.pages.empty())
    options.connection.origin = websock::http::origins(its.pages);
  options.reactor = websock::runtime::reactor_kind_from(its.reactor);
  if (const auto given = websock::inherited_sockets(); !given.empty())
    options.listen_descriptor = given.front().descriptor;
  return options;
}

/// With all that was kept.
[[nodiscard]] chat::archive_setup archive_of(const settings& its) {
  chat::archive_setup setup;
  setup.known = std::make_shared<chat::rooms>(its.rooms);
  setup.names = std::make_shared<chat::reserved_names>();
  setup.has_other_nodes = !its.node.empty();
  if (!its.store.empty()) {
    setup.store = chat::open_journal(its.store);
    setup.store->read(*setup.known, *setup.names);
  }
  return setup;
}

// Of a store there is one, for the names that it keeps are of no use without.
[[nodiscard]] std::string secret_of(const settings& its, chat::journal* store) {
  if (!its.secret_file.empty())
    return chat::secret_from(its.secret_file);
  return store == nullptr ? chat::new_secret() : store->secret();
}

/// What joins this node to others, if anything does.
class other_nodes {
public:
  other_nodes(websock::runtime::node& here, const settings& its) {
    if (its.node.empty())
      return;
    chat::register_lines();
    if (!its.redis.address.empty())
      redis_.emplace(here, its.node, its.redis);
    else if (!its.cookie_file.empty())
      cluster_.emplace(
          here, chat::cluster_of(its.node, its.cookie_file, its.others, its.epmd_port));
    else
      throw std::runtime_error(
          "--node needs --cookie-file, or --redis where it is built");
  }
  void join(websock::channels::presence& people) {
    if (cluster_)
      websock::channels::join_cluster(people, *cluster_);
    if (redis_)
      redis_->join(people);
  }

private:
  std::optional<websock::cluster> cluster_;
  std::optional<chat::redis_nodes> redis_;
};

[[nodiscard]] websock::channels::presence_options
presence_options_of(websock::runtime::node& here, const settings& its) {
  websock::channels::presence_options options;
  if (!its.redis.address.empty())
    options.node_name = its.node;
  options.hooks = chat::tell_population(here);
  // By then the pages of a node that was killed are at another one.
  options.periods.down = std::chrono::seconds(10);
  return options;
}

[[nodiscard]] int run(const settings& its) {
  const auto options = server_options_of(its);
  auto setup = archive_of(its);
  websock::runtime::node node({.shards = options.shards, .reactor = options.reactor});
  other_nodes others(node, its);
  websock::channels::presence people(node, presence_options_of(node, its));
  others.join(people);
  setup.people = &people;
  chat::house house{.people = &people,
                    .tokens = chat::name_tokens(secret_of(its, setup.store.get())),
                    .door = chat::doorman(its.visits),
                    .node = its.node,
                    .crashable = its.crashable};
  websock::server server(node, options);
  chat::serve(server, house, setup);
  const auto nodes = chat::json(its.pages).dump();
  server.files(chat::page(), examples::page_headers).get("/nodes", [&](const auto&) {
    return websock::http::json(nodes);
  });
  return server.run([&] {
    std::cout << "chat: " << server.url() << " on " << server.node().shard_count()
              << " shards, reactor " << to_string(server.statistics().reactor)
              << "; Ctrl-C stops it" << std::endl;
  });
}

} // namespace

int main(int argc, char** argv) {
  settings its;
  CLI::App app("A chat in the browser.");
  add_server_options(app, its);
  add_chat_options(app, its);
  add_node_options(app, its);
  CLI11_PARSE(app, argc, argv);
  try {
    return run(its);
  } catch (const std::exception& failed) {
    std::cerr << "chat: " << failed.what() << '\n';
    return 1;
  }
}
