// A room: one process that knows who is in it and what was said last.
#pragma once

#include "runtime/gen_server.hpp"

#include "examples/chat/json.hpp"
#include "examples/chat/words.hpp"

#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>

namespace chat {

/// Watches its members with monitors, so that whoever vanishes has left.
class room final : public runtime::gen_server {
public:
  explicit room(std::string name) : name_(std::move(name)) {}

private:
  struct member {
    std::string nick;
    runtime::reference monitor;
  };

  runtime::server_result handle_cast(runtime::term request) override;
  runtime::server_result handle_info(runtime::term info) override;

  void join(const enter& who);
  void left(const runtime::down& who);
  void said(const say& line);
  void renamed(const rename& change);
  void announce(const runtime::pid& about, const json& what, bool is_join = false);
  void report_population();
  [[nodiscard]] json members() const;

  const std::string name_;
  std::unordered_map<runtime::pid, member> members_;
  std::deque<json> history_;
  std::uint64_t sequence_ = 0;
};

} // namespace chat
