// The database, as far as anybody can tell: it knows accounts, and takes its time.
#pragma once

#include "websock/runtime/child_spec.hpp"
#include "websock/runtime/clock.hpp"
#include "websock/runtime/gen_server.hpp"

#include "examples/lobby/words.hpp"

#include <map>
#include <string>

namespace lobby {

/// Answers each request after a while, and others meanwhile. What it knows is in its
/// memory, so that one that is started again is fast and knows nobody.
class accounts final : public websock::runtime::gen_server {
public:
  /// `slowness`: how long an answer takes when it is slow.
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

/// Under a supervisor of its own: visitors may crash it, and should not end the server.
[[nodiscard]] websock::runtime::child_spec
database_child(websock::runtime::duration slowness);

} // namespace lobby
