// The directory tells everybody which rooms exist: the visitors of its node, and the
// directories of other nodes. Everything it knows comes from the registry and from those,
// so it can crash without losing anything.
#pragma once

#include "websock/runtime/gen_server.hpp"

#include "examples/chat/house.hpp"
#include "examples/chat/words.hpp"

#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace chat {

class directory final : public websock::runtime::gen_server {
public:
  explicit directory(house of) : house_(std::move(of)) {}

private:
  struct announcement_due {};
  struct telling_due {};

  websock::runtime::server_result init() override;
  websock::runtime::server_result handle_cast(websock::runtime::term request) override;
  websock::runtime::server_result handle_info(websock::runtime::term info) override;

  void watch(const websock::runtime::pid& room);
  void announce_soon();
  void announce();
  [[nodiscard]] std::vector<room_entry> rooms_of_this_node() const;
  void tell_others();
  void hear(const rooms_here& news);

  house house_;
  std::unordered_set<websock::runtime::pid> watched_;             // rooms
  std::unordered_map<websock::runtime::pid, std::string> others_; // their nodes
  bool will_announce_ = false;
};

} // namespace chat
