// A stand-in for a database: it looks up accounts, and takes its time.
#pragma once

#include "websock/runtime/child_spec.hpp"
#include "websock/runtime/clock.hpp"
#include "websock/runtime/gen_server.hpp"

#include "examples/lobby/words.hpp"

#include <map>
#include <string>

namespace lobby {

/// Replies after a delay and serves other requests meanwhile. It stores everything in
/// memory, so a restart makes it fast again and clears its accounts.
class accounts final : public websock::runtime::gen_server {
public:
  /// `slowness`: the delay of a reply when it is slow.
  explicit accounts(websock::runtime::duration slowness) : slowness_(slowness) {}

private:
  struct due {
    websock::runtime::from caller;
    std::string name;
  };

  websock::runtime::server_result init() override;
  websock::runtime::call_result handle_call(websock::runtime::term request,
                                            websock::runtime::from caller) override;
  websock::runtime::server_result handle_cast(websock::runtime::term request) override;
  websock::runtime::server_result handle_info(websock::runtime::term info) override;
  void tell();

  const websock::runtime::duration slowness_;
  speed speed_ = speed::fast;
  std::map<std::string, int, std::less<>> visits_;
};

/// Has its own supervisor: visitors can crash it, and that must not stop the server.
[[nodiscard]] websock::runtime::child_spec
database_child(websock::runtime::duration slowness);

} // namespace lobby
