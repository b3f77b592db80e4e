// The shortest client: sends each line of standard input as text and prints what it
// receives.
//
//     talk ws://127.0.0.1:4000/
//     talk wss://feeds.example.org/prices --header "Authorization: Bearer ..." --compress
#include "websock/runtime/thread_process.hpp"
#include "websock/websock.hpp"

#include "examples/talk/visible.hpp"

#include <CLI/CLI.hpp>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <iostream>
#include <optional>
#include <string>

namespace {

using namespace std::chrono_literals;

/// Sends the lines that arrive as messages; prints what the server sends.
class printer final : public websock::handler {
  websock::handle_result init() override {
    std::cerr << "connected" << std::endl;
    return websock::ok();
  }
  websock::handle_result handle_in(websock::message_view in) override {
    if (in.is_text())
      std::cout << talk::visible(in.text()) << std::endl;
    else
      std::cout << "(" << in.size() << " bytes)" << std::endl;
    return websock::ok();
  }
  websock::handle_result handle_info(websock::runtime::term info) override {
    if (const auto* line = info.get_if<std::string>())
      return websock::push(websock::text(*line));
    if (const auto* how = info.get_if<websock::close_detail>())
      return websock::stop(websock::runtime::reason::normal, *how);
    return websock::ok();
  }
  void terminate(const websock::close_reason& why) override {
    std::cerr << "closed: " << talk::visible(to_string(why)) << std::endl;
  }
};

/// The complete lines that standard input delivers within `limit`; nullopt at its end.
class input {
public:
  [[nodiscard]] std::optional<std::vector<std::string>> lines(int limit_ms) {
    pollfd ready{STDIN_FILENO, POLLIN, 0};
    if (::poll(&ready, 1, limit_ms) <= 0)
      return std::vector<std::string>{};
    std::array<char, 65'536> bytes{};
    const auto count = ::read(STDIN_FILENO, bytes.data(), bytes.size());
    if (count <= 0)
      return std::nullopt;
    rest_.append(bytes.data(), static_cast<std::size_t>(count));
    std::vector<std::string> found;
    std::size_t begin = 0;
    for (auto end = rest_.find('\n'); end != std::string::npos;
         begin = end + 1, end = rest_.find('\n', begin))
      found.push_back(rest_.substr(begin, end - begin));
    rest_.erase(0, begin);
    return found;
  }

private:
  std::string rest_;
};

/// Talks until either side ends the connection. Returns the exit status for main.
int run(websock::runtime::node& node, const std::string& url,
        const websock::client_options& options, std::chrono::milliseconds wait) {
  websock::runtime::thread_process me(node);
  const auto connection = me.in_process([&](websock::runtime::process& self) {
    return websock::connect_monitor<printer>(self, url, options).first;
  });
  std::optional<websock::runtime::exit_reason> ended;
  const auto is_over = [&](websock::runtime::duration limit) {
    if (!ended)
      me.receive(limit, [&](const websock::runtime::down& gone) { ended = gone.reason; });
    return ended.has_value();
  };
  input in;
  while (!is_over(0ms)) {
    const auto lines = in.lines(50);
    if (!lines)
      break;
    for (const auto& line : *lines)
      websock::runtime::send(connection, line);
  }
  if (!is_over(wait))
    websock::runtime::send(connection, websock::close_detail(1000));
  while (!is_over(1s)) {
  }
  if (ended->is_abnormal())
    std::cerr << "talk: " << talk::visible(to_string(*ended)) << '\n';
  return ended->is_abnormal() ? 1 : 0;
}

/// Splits "Name: value".
[[nodiscard]] std::pair<std::string, std::string> header(const std::string& line) {
  const auto colon = line.find(':');
  if (colon == std::string::npos)
    throw std::invalid_argument("a header is \"Name: value\", not \"" + line + '"');
  const auto value = line.find_first_not_of(' ', colon + 1);
  return {line.substr(0, colon), value == std::string::npos ? "" : line.substr(value)};
}

} // namespace

int main(int argc, char** argv) {
  std::string url;
  std::vector<std::string> headers;
  websock::client_options options;
  std::int64_t wait = 0;
  bool insecure = false;
  CLI::App app("Sends lines to a WebSocket server, prints what it sends.");
  app.add_option("url", url, "ws://host/path or wss://host/path")->required();
  app.add_option("--subprotocol", options.subprotocols, "in order of preference");
  app.add_option("--header", headers, "\"Name: value\" for the request");
  app.add_flag("--compress", options.connection.compress, "offer permessage-deflate");
  app.add_option("--ca", options.tls.ca_file, "PEM file of who is trusted");
  app.add_flag("--insecure", insecure, "trust anybody");
  app.add_option("--unix", options.unix_path, "connect to this socket");
  app.add_option("--max-redirects", options.max_redirects, "0: none are followed");
  app.add_option("--wait-ms", wait,
                 "milliseconds to listen on after the end of the input");
  CLI11_PARSE(app, argc, argv);
  try {
    for (const auto& line : headers)
      options.headers.push_back(header(line));
    if (insecure)
      options.tls.verification = websock::tls_verification::none;
    websock::runtime::node node({.shards = 1, .pool_threads = 1});
    return run(node, url, options, std::chrono::milliseconds(wait));
  } catch (const std::exception& failed) {
    std::cerr << "talk: " << talk::visible(failed.what()) << '\n';
    return 1;
  }
}
