// The chat: rooms, who is in them, and their recent messages. Every visitor is a process.
#include "websock/websock.hpp"

#include "examples/chat/doorman.hpp"
#include "examples/chat/house.hpp"
#include "examples/chat/names.hpp"
#include "examples/chat/page.hpp"
#include "examples/chat/session.hpp"
#include "examples/page_headers.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <iostream>
#include <string>

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
  try {
    options.reactor = websock::runtime::reactor_kind_from(reactor);
    if (const auto given = websock::inherited_sockets(); !given.empty())
      options.listen_descriptor = given.front().descriptor;
    chat::doorman door(visits);
    websock::server server(options);
    server.files(chat::page(), examples::page_headers)
        .get("/chat/:room",
             [&](const auto& request) { return join(house, door, request); })
        .supervise(chat::rooms_child())
        .supervise(chat::directory_child(house));
    return server.run([&] {
      std::cout << "chat: " << server.url() << " on " << server.node().shard_count()
                << " shards, reactor " << to_string(server.statistics().reactor)
                << "; Ctrl-C stops it" << std::endl;
    });
  } catch (const std::exception& failed) {
    std::cerr << "chat: " << failed.what() << '\n';
    return 1;
  }
}
