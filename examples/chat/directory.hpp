// The directory tells everybody which rooms exist. Everything it knows comes from the
// registry, so it can crash without losing anything.
#pragma once

#include "websock/runtime/gen_server.hpp"
#include "websock/runtime/registry.hpp"

#include <unordered_set>

namespace chat {

class directory final : public websock::runtime::gen_server {
public:
  explicit directory(websock::runtime::registry rooms) : rooms_(std::move(rooms)) {}

private:
  struct announcement_due {};

  websock::runtime::server_result init() override;
  websock::runtime::server_result handle_cast(websock::runtime::term request) override;
  websock::runtime::server_result handle_info(websock::runtime::term info) override;

  void watch(const websock::runtime::pid& room);
  void announce_soon();
  void announce();

  const websock::runtime::registry rooms_;
  std::unordered_set<websock::runtime::pid> watched_;
  bool will_announce_ = false;
};

} // namespace chat
