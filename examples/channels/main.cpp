// A chat for Phoenix's clients: rooms are topics, lines are broadcasts. Its page is
// whatever speaks phoenix.js:
//
//     const socket = new Socket("ws://127.0.0.1:4000/socket", {params: {name: "Ada"}});
//     socket.connect();
//     const room = socket.channel("room:lobby", {});
//     room.on("new_msg", ({name, body}) => console.log(name, body));
//     const people = new Presence(room);
//     people.onSync(() => console.log("here:", people.list((name) => name)));
//     room.join().receive("ok", ({topic}) => room.push("new_msg", {body: "hello"}));
#include "websock/channels.hpp"
#include "websock/channels/presence.hpp"
#include "websock/websock.hpp"

#include <CLI/CLI.hpp>

#include <iostream>
#include <stdexcept>
#include <string>

namespace {

using websock::json;
using websock::channels::presence;

/// Who is connected: a name, which a real application would take from a signed token.
class user_socket final : public websock::channel_socket {
public:
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] std::string id() const override { return "users:" + name_; }

private:
  websock::connect_result connect(const json& params,
                                  const websock::connect_info&) override {
    const auto name = params.find("name");
    if (name == params.end() || !name->is_string() || *name == "")
      return refuse();
    name_ = *name;
    return accept();
  }

  std::string name_;
};

/// What a channel sends itself from `join`.
struct after_join {};

/// One visitor in one room.
class room final : public websock::channel {
public:
  explicit room(presence* people) : people_(people) {}

private:
  websock::join_result join(std::string_view topic, const payload&) override {
    if (topic == "room:private")
      return refuse({{"reason", "unauthorized"}});
    self().send(self().pid(), after_join());
    return ok({{"topic", topic}, {"name", name()}});
  }
  websock::channel_result handle_info(websock::runtime::term info) override {
    if (info.is<after_join>()) {
      people_->push_state(*this);
      people_->track(*this, name(), {{"status", "online"}});
    }
    return noreply();
  }
  websock::channel_result handle_in(std::string_view event, const payload& in) override {
    if (event == "new_msg") {
      if (!in["body"].is_string() || in["body"] == "")
        return reply_error({{"reason", "a line has a body"}});
      broadcast("new_msg", {{"name", name()}, {"body", in["body"]}});
      return reply();
    }
    if (event == "typing") {
      broadcast_from("typing", {{"name", name()}});
      return noreply();
    }
    if (event == "status") {
      people_->update(*this, name(), {{"status", in["status"]}});
      return reply();
    }
    if (event == "echo") // octets as well
      return reply(in);
    if (event == "sign_out") {
      websock::channels::disconnect(self(), "users:" + name());
      return noreply();
    }
    throw std::invalid_argument("no such event: " + std::string(event)); // phx_error
  }

  [[nodiscard]] const std::string& name() const { return socket<user_socket>().name(); }

  presence* const people_;
};

} // namespace

int main(int argc, char** argv) {
  websock::server_options options;
  std::vector<std::string> origins;
  CLI::App app("A chat for Phoenix's clients.");
  app.add_option("--host", options.host);
  app.add_option("--port", options.port);
  app.add_option("--shards", options.shards, "0: one per processor");
  app.add_option("--origin", origins, "pages that may connect besides this server's");
  CLI11_PARSE(app, argc, argv);
  try {
    if (!origins.empty())
      options.connection.origin = websock::http::origins(origins);
    websock::runtime::node node({.shards = options.shards, .reactor = options.reactor});
    presence people(node); // ends after the server
    websock::server server(node, options);
    server.channels<user_socket>("/socket", {.longpoll = websock::longpoll_options()})
        .channel<room>("room:*", &people);
    return server.run([&] { std::cout << "listening on " << server.url() << std::endl; });
  } catch (const std::exception& failed) {
    std::cerr << "channels: " << failed.what() << '\n';
    return 1;
  }
}
