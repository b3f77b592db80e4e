// The chat: rooms, who is in them, and their recent messages. Every visitor is a process.
#include "websock/websock.hpp"

#include "examples/chat/crossing.hpp"
#include "examples/chat/doorman.hpp"
#include "examples/chat/house.hpp"
#include "examples/chat/json.hpp"
#include "examples/chat/names.hpp"
#include "examples/chat/page.hpp"
#include "examples/chat/session.hpp"
#include "examples/page_headers.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdint>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;

// A line has at most 2,000 characters; JSON can take up to 12 bytes for each.
void of_connections(websock::upgrade_options& options) {
  options.compress = true;
  options.limits.max_frame_size = options.limits.max_message_size = 32'768;
}

websock::route_result join(const chat::house& house, chat::doorman& door,
                           const websock::http::request& request) {
  const auto nick = chat::clean_nick(request.query("nick").value_or(""));
  const std::string room(request.param("room"));
  if (!chat::is_nick(nick))
    return websock::http::bad_request("nick: 1 to 24 characters, please");
  if (!chat::is_room(room))
    return websock::http::bad_request(
        "room: 1 to 40 of a-z, 0-9, '-', '_' and space, please");
  const auto visit = door.admit(request.peer(), std::chrono::steady_clock::now());
  if (!visit)
    return websock::http::too_many_requests(10s);
  return websock::upgrade<chat::session>(request, house, room, nick, visit);
}

} // namespace

int main(int argc, char** argv) {
  websock::server_options options;
  chat::house house;
  chat::doorman::limits visits;
  std::string reactor = "auto";
  CLI::App app("A chat in the browser.");
  app.add_option("--host", options.host, "address to listen on");
  app.add_option("--port", options.port, "port to listen on, 0 for a free one");
  app.add_option("--shards", options.shards, "threads, 0 for one per core");
  app.add_option("--reactor", reactor, "auto, epoll or uring (io_uring)");
  app.add_option("--max-connections", options.max_connections,
                 "at a time, 0 for 16,384 per shard");
  app.add_option("--max-rooms", house.most_rooms, "at a time");
  app.add_option("--max-visits", visits.visits,
                 "of one address at a time, 0 for any number; none of this machine");
  app.add_flag("--crashable", house.crashable,
               "the line /crash crashes its room, to see it come back");
  std::string node_name;
  std::string cookie_file;
  std::uint16_t epmd_port = 4369;
  auto* cookie = app.add_option("--cookie-file", cookie_file,
                                "the secret of all nodes; only its owner may read it");
  auto* named =
      app.add_option("--node", node_name, "name among other nodes, as in chat1@127.0.0.1")
          ->needs(cookie);
  cookie->needs(named);
  app.add_option("--join", house.other_nodes, "the names of all other nodes")
      ->needs(named);
  std::vector<std::string> pages;
  app.add_option("--pages", pages,
                 "the pages of all nodes, as in http://127.0.0.1:4000: where a page "
                 "reconnects when its node is gone")
      ->needs(named);
  app.add_option("--epmd-port", epmd_port, "where nodes find each other's ports")
      ->needs(named);
  websock::tls_options tls;
  auto* key = app.add_option("--tls-key", tls.key_file, "private key, PEM");
  auto* certificate =
      app.add_option("--tls-cert", tls.certificate_file, "certificate chain, PEM: https")
          ->needs(key);
  key->needs(certificate);
  CLI11_PARSE(app, argc, argv);
  of_connections(options.connection);
  if (!tls.key_file.empty())
    options.tls = tls;
  const auto nodes = chat::as_text(chat::json(pages));
  try {
    if (!pages.empty())
      options.connection.origin = websock::http::origins(pages);
    options.reactor = websock::runtime::reactor_kind_from(reactor);
    if (const auto given = websock::inherited_sockets(); !given.empty())
      options.listen_descriptor = given.front().descriptor;
    chat::doorman door(visits);
    websock::server server(options);
    server.files(chat::page(), examples::page_headers)
        .get("/chat/:room",
             [&](const auto& request) { return join(house, door, request); })
        .get("/nodes", [&](const auto&) { return websock::http::json(nodes); })
        .supervise(chat::rooms_child())
        .supervise(chat::directory_child(house));
    std::optional<websock::cluster> cluster; // it leaves before the server is gone
    return server.run([&] {
      if (!node_name.empty()) {
        chat::register_words();
        cluster.emplace(server.node(), chat::cluster_of(node_name, cookie_file,
                                                        house.other_nodes, epmd_port));
      }
      std::cout << "chat: " << server.url() << " on " << server.node().shard_count()
                << " shards, reactor " << to_string(server.statistics().reactor)
                << "; Ctrl-C stops it" << std::endl;
    });
  } catch (const std::exception& failed) {
    std::cerr << "chat: " << failed.what() << '\n';
    return 1;
  }
}
