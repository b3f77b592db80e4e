// The directory: which rooms there are. Everybody enters through it, so a room is made by
// the first who enters and retired only when nobody is on the way in.
#pragma once

#include "runtime/gen_server.hpp"

#include "examples/chat/words.hpp"

#include <map>
#include <string>

namespace chat {

class directory final : public runtime::gen_server {
private:
  struct entry {
    runtime::pid process;
    std::size_t members = 0;
    runtime::reference retirement; // a timer that runs while the room is empty
  };
  struct retirement_due {
    std::string room;
  };
  struct announcement_due {};

  runtime::server_result init() override;
  runtime::server_result handle_cast(runtime::term request) override;
  runtime::server_result handle_info(runtime::term info) override;

  void pass_on(const enter& who);
  void count(const population& news);
  void forget(const runtime::pid& process);
  void retire_room(const std::string& name);
  void announce_soon();
  void announce();

  std::map<std::string, entry> rooms_;
  bool will_announce_ = false;
};

} // namespace chat
