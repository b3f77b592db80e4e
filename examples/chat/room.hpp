// A room: one process that knows who is in it and what was said recently.
#pragma once

#include "websock/runtime/gen_server.hpp"

#include "examples/chat/house.hpp"
#include "examples/chat/json.hpp"
#include "examples/chat/words.hpp"

#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>

namespace chat {

/// Registers itself under its name; if the name is taken, this is a duplicate and its
/// start returns `ignore`. Monitors its members, so a connection that drops counts as
/// leaving. Retires after it has been empty for a while. A restart after a crash begins
/// with an empty room.
class room final : public websock::runtime::gen_server {
public:
  room(house in, std::string name) : house_(std::move(in)), name_(std::move(name)) {}

private:
  struct member {
    std::string nick;
    websock::runtime::reference monitor;
  };

  struct retirement_due {};

  websock::runtime::server_result init() override;
  websock::runtime::server_result handle_cast(websock::runtime::term request) override;
  websock::runtime::server_result handle_info(websock::runtime::term info) override;

  void join(const enter& who);
  void left(const websock::runtime::down& who);
  void said(const say& line);
  void renamed(const rename& change);
  void announce(const websock::runtime::pid& about, const json& what,
                bool is_join = false);
  void population_is_new();
  [[nodiscard]] json members() const;

  house house_;
  const std::string name_;
  std::unordered_map<websock::runtime::pid, member> members_;
  std::deque<json> history_;
  std::uint64_t sequence_ = 0;
  websock::runtime::reference retirement_; // a timer that runs while the room is empty
};

} // namespace chat
