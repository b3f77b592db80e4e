// A second process sends ticks to each connection at an interval: a connection can
// receive messages that are not frames.
#include "websock/websock.hpp"

#include <CLI/CLI.hpp>

#include <charconv>
#include <iostream>

namespace {

struct tick {
  int number;
};
struct beat {};

/// Sends a tick to one listener at each interval. The two are linked, so they end
/// together.
class metronome final : public websock::runtime::gen_server {
public:
  metronome(websock::runtime::pid listener, std::chrono::milliseconds every)
      : listener_(std::move(listener)), every_(every) {}

private:
  websock::runtime::server_result init() override {
    self().send_after(every_, self(), beat{});
    return websock::runtime::noreply();
  }
  websock::runtime::server_result handle_info(websock::runtime::term) override {
    self().send(listener_, tick{++count_});
    return init();
  }

  const websock::runtime::pid listener_;
  const std::chrono::milliseconds every_;
  int count_ = 0;
};

class session final : public websock::handler {
public:
  explicit session(std::chrono::milliseconds every) : every_(every) {}

private:
  websock::handle_result init() override {
    self().spawn_link<metronome>(self().pid(), every_);
    return websock::ok();
  }
  websock::handle_result handle_in(websock::message_view) override {
    return websock::ok();
  }
  websock::handle_result handle_info(websock::runtime::term info) override {
    return info.match(
        [](tick t) {
          return websock::push(
              websock::text("{\"tick\":" + std::to_string(t.number) + "}"));
        },
        [](websock::runtime::otherwise) { return websock::ok(); });
  }

  const std::chrono::milliseconds every_;
};

websock::route_result ticks(const websock::http::request& request) {
  const auto text = request.query("every").value_or("1000");
  int every = 0;
  const auto [end, failed] =
      std::from_chars(text.data(), text.data() + text.size(), every);
  if (failed != std::errc() || end != text.data() + text.size() || every < 10
      || every > 60'000)
    return websock::http::bad_request("every: 10 to 60000 milliseconds, please");
  return websock::upgrade<session>(request, std::chrono::milliseconds(every));
}

} // namespace

int main(int argc, char** argv) {
  websock::server_options options;
  CLI::App app("Sends a tick at an interval: ws://host:port/ticks?every=1000");
  app.add_option("--host", options.host, "address to listen on");
  app.add_option("--port", options.port, "port to listen on, 0 for a free one");
  app.add_option("--shards", options.shards, "threads, 0 for one per core");
  CLI11_PARSE(app, argc, argv);
  try {
    websock::server server(options);
    server.get("/ticks", ticks);
    return server.run([&] {
      std::cout << "ticker: ws" << server.url().substr(4)
                << "ticks?every=1000  (Ctrl-C stops it)" << std::endl;
    });
  } catch (const std::exception& failed) {
    std::cerr << "ticker: " << failed.what() << '\n';
    return 1;
  }
}
