// The database, as far as anybody can tell: it knows accounts, and takes its time.
#pragma once

#include "runtime/child_spec.hpp"
#include "runtime/clock.hpp"
#include "runtime/gen_server.hpp"

#include "examples/lobby/words.hpp"

#include <map>
#include <string>

namespace lobby {

/// Answers each request after a while, and others meanwhile. What it knows is in its
/// memory, so that one that is started again is fast and knows nobody.
class accounts final : public runtime::gen_server {
public:
  /// `slowness`: how long an answer takes when it is slow.
  explicit accounts(runtime::duration slowness) : slowness_(slowness) {}

private:
  struct due {
    runtime::from caller;
    std::string name;
  };

  runtime::server_result init() override;
  runtime::call_result handle_call(runtime::term request, runtime::from caller) override;
  runtime::server_result handle_cast(runtime::term request) override;
  runtime::server_result handle_info(runtime::term info) override;
  void tell();

  const runtime::duration slowness_;
  speed speed_ = speed::fast;
  std::map<std::string, int, std::less<>> visits_;
};

/// Under a supervisor of its own: visitors may crash it, and should not end the server.
[[nodiscard]] runtime::child_spec database_child(runtime::duration slowness);

} // namespace lobby
