// The switchboard: a connection that can make the database fast or slow, crash it or stop
// it, and that can end a waiting visitor.
#pragma once

#include "websock/handler.hpp"
#include "websock/runtime/pid.hpp"
#include "websock/runtime/registry.hpp"

#include <string>

namespace lobby {

class switchboard final : public websock::handler {
public:
  explicit switchboard(websock::runtime::registry visitors)
      : visitors_(std::move(visitors)) {}

private:
  websock::handle_result init() override;
  websock::handle_result handle_in(websock::message_view in) override;
  websock::handle_result handle_info(websock::runtime::term info) override;

  void watch();
  [[nodiscard]] websock::handle_result show(const std::string& state);

  const websock::runtime::registry visitors_;
  websock::runtime::pid watched_; // the current database process
};

} // namespace lobby
