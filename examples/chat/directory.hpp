// The directory: tells everybody which rooms there are. It remembers nothing that the
// registry does not know, so it may crash.
#pragma once

#include "runtime/gen_server.hpp"
#include "runtime/registry.hpp"

#include <unordered_set>

namespace chat {

class directory final : public runtime::gen_server {
public:
  explicit directory(runtime::registry rooms) : rooms_(std::move(rooms)) {}

private:
  struct announcement_due {};

  runtime::server_result init() override;
  runtime::server_result handle_cast(runtime::term request) override;
  runtime::server_result handle_info(runtime::term info) override;

  void watch(const runtime::pid& room);
  void announce_soon();
  void announce();

  const runtime::registry rooms_;
  std::unordered_set<runtime::pid> watched_;
  bool will_announce_ = false;
};

} // namespace chat
