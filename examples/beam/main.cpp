// A server that Erlang can see: every connection is a process that a node of Erlang sends
// to and monitors, and calls a gen_server there. The other half is beam.erl.
#include "websock/runtime/atom.hpp"
#include "websock/runtime/cluster.hpp"
#include "websock/runtime/register_message.hpp"
#include "websock/websock.hpp"

#include <CLI/CLI.hpp>

#include <iostream>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace {

namespace runtime = websock::runtime;
using namespace std::chrono_literals;

constexpr const char* desk_name = "desk";

// To other nodes: {shout, Text}, {greet, Text} and the atom visitors.
struct shout {
  std::string text;
};
struct greet {
  std::string text;
};
struct visitors {};
// It stays on this node, and needs no name.
struct arrived {
  runtime::pid who;
};

/// Knows the connections. Erlang asks: gen_server:call({desk, Node}, visitors).
class desk final : public runtime::gen_server {
private:
  runtime::server_result init() override {
    self().register_name(desk_name);
    return runtime::noreply();
  }
  runtime::call_result handle_call(runtime::term request, runtime::from) override {
    return request.match(
        [this](visitors) {
          return runtime::reply(std::vector(present_.begin(), present_.end()));
        },
        [](runtime::otherwise) { return runtime::reply(runtime::atom{"unknown"}); });
  }
  runtime::server_result handle_cast(runtime::term request) override {
    const auto& who = request.get<arrived>().who;
    static_cast<void>(self().monitor(who));
    present_.insert(who);
    return runtime::noreply();
  }
  runtime::server_result handle_info(runtime::term info) override {
    info.match([this](const runtime::down& gone) { present_.erase(gone.who); },
               [](runtime::otherwise) {});
    return runtime::noreply();
  }

  std::set<runtime::pid> present_;
};

/// Has its client's text shouted by a gen_server of Erlang.
class session final : public websock::handler {
public:
  explicit session(std::string node) : shouter_("shouter", std::move(node)) {}

private:
  websock::handle_result init() override {
    runtime::cast(self().whereis(desk_name), arrived{self().pid()});
    return websock::ok();
  }
  websock::handle_result handle_in(websock::message_view in) override {
    const shout what{std::string(in.text())};
    std::string answer;
    try {
      answer = co_await self().call<std::string>(shouter_, 2s, what);
      if (!std::exchange(is_watching_, true))
        static_cast<void>(self().monitor(shouter_));
    } catch (const runtime::call_failed& failed) {
      answer = "nobody shouts: " + to_string(failed.reason());
    }
    co_return websock::push(websock::text(answer));
  }
  websock::handle_result handle_info(runtime::term info) override {
    return info.match(
        [](const greet& from_erlang) {
          return websock::push(websock::text(from_erlang.text));
        },
        [this](const runtime::down& gone) {
          is_watching_ = false;
          return websock::push(
              websock::text("the shouter is gone: " + to_string(gone.reason)));
        },
        [](runtime::otherwise) { return websock::ok(); });
  }

  const runtime::name_at shouter_;
  bool is_watching_ = false;
};

} // namespace

int main(int argc, char** argv) {
  websock::server_options options;
  websock::cluster_options place{.name = "front@127.0.0.1",
                                 .exported_names = {desk_name}};
  websock::cluster_tls tls;
  std::string other = "shell@127.0.0.1";
  CLI::App app("A WebSocket server as a node among those of Erlang.");
  app.add_option("--host", options.host, "address to listen on for clients");
  app.add_option("--port", options.port, "port for clients, 0 for a free one");
  app.add_option("--name", place.name, "name and host of this node");
  app.add_option("--cookie-file", place.cookie_file, "the secret of all nodes")
      ->required();
  app.add_option("--other", other, "the node that shouts");
  app.add_option("--address", place.address, "address to listen on for nodes");
  app.add_option("--epmd-port", place.epmd_port, "port of epmd");
  auto* certificate = app.add_option("--tls-cert", tls.certificate_file,
                                     "TLS between nodes: certificate, PEM");
  auto* key = app.add_option("--tls-key", tls.key_file, "its private key, PEM");
  auto* ca = app.add_option("--tls-ca", tls.ca_file, "who issues all certificates, PEM");
  certificate->needs(key, ca);
  key->needs(certificate);
  ca->needs(certificate);
  CLI11_PARSE(app, argc, argv);
  if (*certificate)
    place.tls = tls;
  try {
    runtime::register_message<shout>("shout", &shout::text);
    runtime::register_message<greet>("greet", &greet::text);
    runtime::register_message<visitors>("visitors");
    runtime::node node;
    const websock::cluster cluster(node, place);
    websock::server server(node, options);
    server.websocket<session>("/", other).supervise(runtime::child<desk>(desk_name));
    return server.run([&] {
      std::cout << "beam: " << cluster.name() << ", ws" << server.url().substr(4)
                << "  (Ctrl-C stops it)" << std::endl;
    });
  } catch (const std::exception& failed) {
    std::cerr << "beam: " << failed.what() << '\n';
    return 1;
  }
}
