// What an idle connection costs, and how many of them slow down an active one: the
// server's memory per connection, and the round-trip time while the others are idle.
// Prints a table and one line of JSON, then exits.
#include "bench/support/idle_peers.hpp"
#include "bench/support/served_program.hpp"
#include "examples/chat/name_tokens.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;
using duration = std::chrono::steady_clock::duration;

struct settings {
  std::size_t connections = 10'000;
  std::size_t round_trips = 2'000;
  std::string chat;          // the path of the chat program; empty: an echo server
  std::size_t per_room = 10; // visitors, with --chat
};

struct measured {
  std::size_t resident_before = 0; // KiB
  std::size_t resident_after = 0;
  duration opening{};
  std::vector<duration> round_trips; // sorted
};

/// Raises the descriptor limit of this process; the server inherits it.
void allow_descriptors(std::size_t wanted) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_max < wanted)
    throw std::runtime_error("this needs " + std::to_string(wanted)
                             + " descriptors, and the hard limit is "
                             + std::to_string(limit.rlim_max)
                             + ": raise it (ulimit -Hn) or lower --connections");
  limit.rlim_cur = std::max<rlim_t>(limit.rlim_cur, wanted);
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

/// What signs the names of the chat's visitors, in a file as long as this lives.
class name_secret {
public:
  name_secret() : tokens_(secret_) {
    std::ofstream(path_) << secret_;
    std::filesystem::permissions(path_, std::filesystem::perms::owner_read);
  }
  ~name_secret() { std::filesystem::remove(path_); }
  name_secret(const name_secret&) = delete;
  name_secret& operator=(const name_secret&) = delete;

  [[nodiscard]] std::string path() const { return path_.string(); }
  [[nodiscard]] std::string token(std::size_t index) const {
    return tokens_.issue("guest " + std::to_string(index));
  }

private:
  const std::string secret_ = chat::new_secret();
  const std::filesystem::path path_ =
      std::filesystem::temp_directory_path() / ("bench-" + secret_.substr(0, 16));
  const chat::name_tokens tokens_;
};

[[nodiscard]] std::string topic_of(std::size_t index, const settings& wanted) {
  return "room:room" + std::to_string(index / wanted.per_room);
}

/// Connects one more, and has it join its room.
void add(bench::idle_peers& peers, const settings& wanted, const name_secret& names) {
  if (wanted.chat.empty())
    return peers.add("/");
  const auto index = peers.size();
  peers.add("/socket/websocket?vsn=2.0.0&token=" + names.token(index));
  static_cast<void>(peers.time_until(
      index, R"(["1","1",")" + topic_of(index, wanted) + R"(","phx_join",{}])", index,
      "phx_reply"));
}

/// One client sends a message and waits for its echo.
[[nodiscard]] duration echo_trip(bench::idle_peers& peers, std::size_t number) {
  const auto text = "message " + std::to_string(number) + ';';
  const auto speaker = peers.size() / 2;
  return peers.time_until(speaker, text, speaker, text);
}

/// The first visitor of a room says a line and the second receives it. The chat limits
/// how often a visitor may speak, so each line goes to the next room.
[[nodiscard]] duration chat_trip(bench::idle_peers& peers, std::size_t number,
                                 const settings& wanted) {
  const auto rooms = peers.size() / wanted.per_room;
  const auto first = number % rooms * wanted.per_room;
  const auto line = "line " + std::to_string(number) + ';';
  return peers.time_until(first,
                          R"(["1","2",")" + topic_of(first, wanted)
                              + R"(","line",{"id":")" + std::to_string(number)
                              + R"(","text":")" + line + "\"}]",
                          first + 1, line);
}

void open_all(bench::idle_peers& peers, const settings& wanted,
              const name_secret& names) {
  constexpr std::size_t batch = 100;
  for (std::size_t i = 0; i < wanted.connections; ++i) {
    add(peers, wanted, names);
    if (i % batch == 0)
      peers.discard(0ms);
  }
  peers.discard(500ms); // wait until all are idle
}

[[nodiscard]] measured measure(const bench::served_program& server,
                               const settings& wanted, const name_secret& names) {
  measured found;
  found.resident_before = server.resident_kib();
  bench::idle_peers peers(server.port());
  const auto start = std::chrono::steady_clock::now();
  open_all(peers, wanted, names);
  found.opening = std::chrono::steady_clock::now() - start;
  found.resident_after = server.resident_kib();
  for (std::size_t i = 0; i < wanted.round_trips; ++i)
    found.round_trips.push_back(wanted.chat.empty() ? echo_trip(peers, i)
                                                    : chat_trip(peers, i, wanted));
  std::sort(found.round_trips.begin(), found.round_trips.end());
  peers.discard(0ms); // throws if any was closed
  return found;
}

[[nodiscard]] double microseconds(duration time) {
  return std::chrono::duration<double, std::micro>(time).count();
}

void print(const measured& found, const settings& wanted) {
  const auto at = [&](double part) {
    const auto last = static_cast<double>(found.round_trips.size() - 1);
    return microseconds(found.round_trips[static_cast<std::size_t>(part * last)]);
  };
  const auto grown = static_cast<double>(found.resident_after)
                     - static_cast<double>(found.resident_before);
  const double bytes = grown * 1024 / static_cast<double>(wanted.connections);
  const double seconds = std::chrono::duration<double>(found.opening).count();
  const auto row = [](const char* what, auto value, const char* unit) {
    std::cout << std::left << std::setw(34) << what << std::right << std::setw(12)
              << value << ' ' << unit << '\n';
  };
  std::cout << std::fixed << std::setprecision(1);
  row("idle connections", wanted.connections, "");
  row("server before", found.resident_before, "KiB resident");
  row("server with all of them", found.resident_after, "KiB resident");
  row("for each connection", bytes, "bytes");
  row("opening all of them", seconds, "s");
  row(wanted.chat.empty() ? "round trip of one, median" : "line to a neighbour, median",
      at(0.5), "us");
  row("99 % within", at(0.99), "us");
  row("longest", at(1.0), "us");
  std::cout << nlohmann::json{{"server", wanted.chat.empty() ? "echo" : "chat"},
                              {"connections", wanted.connections},
                              {"resident_kib_before", found.resident_before},
                              {"resident_kib_after", found.resident_after},
                              {"bytes_per_connection", bytes},
                              {"opening_s", seconds},
                              {"round_trips", found.round_trips.size()},
                              {"median_us", at(0.5)},
                              {"p99_us", at(0.99)},
                              {"max_us", at(1.0)}}
            << '\n';
}

void run(const settings& wanted) {
  constexpr std::size_t others = 200; // the server's own descriptors
  allow_descriptors(wanted.connections + others);
  const name_secret names;
  const auto server =
      wanted.chat.empty()
          ? bench::served_program::echo(wanted.connections)
          : bench::served_program::run(wanted.chat, {"--secret-file", names.path()});
  print(measure(server, wanted, names), wanted);
}

} // namespace

int main(int argc, char** argv) {
  settings wanted;
  CLI::App app("Measures a server that holds many idle connections.");
  app.add_option("--connections", wanted.connections, "how many")
      ->check(CLI::Range(1, 1'000'000));
  app.add_option("--round-trips", wanted.round_trips, "how many are timed")
      ->check(CLI::Range(1, 1'000'000));
  app.add_option("--chat", wanted.chat, "the chat's program; without it, an echo server")
      ->check(CLI::ExistingFile);
  app.add_option("--per-room", wanted.per_room, "members of each room of the chat")
      ->check(CLI::Range(2, 1'000));
  CLI11_PARSE(app, argc, argv);
  try {
    run(wanted);
    return 0;
  } catch (const std::exception& failed) {
    std::cerr << "idle_connections: " << failed.what() << '\n';
    return 1;
  }
}
