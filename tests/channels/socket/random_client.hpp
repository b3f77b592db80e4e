// One connection of a client in a random program: sends what the program says, right or
// wrong, and remembers all lines in both directions.
#pragma once

#include "websock/channels/envelope/json.hpp"
#include "websock/channels/envelope/serializer.hpp"
#include "websock/testing/client.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tests::random_sockets {

using websock::json;
using websock::channels::serializer;

/// What a client has sent, or got.
struct line {
  enum class kind : std::uint8_t { join, push, leave, beat, reply, event, end };

  kind what;
  std::string topic{};
  std::string join{}; // the join_ref; empty for null, and from servers of version 1
  std::string ref{};  // empty for null
  std::string event{};
  json body{};
  std::string status{}; // of a reply
  /// Sent when nothing of its topic was joined, or about to be, as far as the client
  /// knew.
  bool is_idle = false;
};

class random_client {
public:
  random_client(websock::testing::client peer, serializer how)
      : peer_(std::move(peer)), how_(how) {}

  // References are given by the program, each once.
  void join(const std::string& topic, const std::string& ref, const json& params);
  void push(const std::string& topic, const std::string& join, const std::string& ref,
            std::string_view event, const json& body);
  /// The same as octets. Only version 2 has them.
  void push_octets(const std::string& topic, const std::string& join,
                   const std::string& ref, std::string_view event, const json& body);
  void leave(const std::string& topic, const std::string& join, const std::string& ref);
  void beat(const std::string& ref);
  /// Sends what is no message; reads the answer, as the next one.
  void garble(std::string_view octets);
  void close();
  void vanish();
  void stop_reading() { peer_.take_only(0); }
  void go_on_reading() {
    peer_.take_only(10'000'000);
    peer_.take(0); // notices
  }

  /// Takes note of what has come.
  void read();
  /// Whether the connection has ended, or the client has ended it.
  [[nodiscard]] bool is_over() const noexcept { return is_over_; }
  [[nodiscard]] serializer how() const noexcept { return how_; }
  [[nodiscard]] const std::vector<line>& lines() const noexcept { return lines_; }
  /// The joins that it has sent for a topic, in order.
  [[nodiscard]] std::vector<std::string> joins_of(std::string_view topic) const;
  [[nodiscard]] websock::testing::client& peer() noexcept { return peer_; }

private:
  void send(line what);
  void take(const websock::testing::client::frame& got);
  [[nodiscard]] line from_json(const json& message) const;
  [[nodiscard]] static line from_octets(std::string_view octets);
  [[nodiscard]] bool is_idle(std::string_view topic) const;
  [[nodiscard]] bool is_settled(std::string_view join) const;

  websock::testing::client peer_;
  std::vector<line> lines_;
  std::size_t read_ = 0;
  bool is_over_ = false;
  const serializer how_;
};

} // namespace tests::random_sockets
