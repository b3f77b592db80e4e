// A supervisor whose children come and go: they have no ids and no order, and all stop at
// the same time.
#pragma once

#include "../address/gen_call.hpp"
#include "../behaviour/behaviour.hpp"
#include "../process/process.hpp"
#include "child_spec.hpp"
#include "supervisor_kind.hpp"
#include "supervisor_requests.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace websock::runtime {

namespace detail {
class child_supervision;
}

struct dynamic_supervisor_options {
  std::size_t max_children = SIZE_MAX; // start_child is refused beyond that
  std::size_t max_restarts = 3;        // within max_period; one more stops the supervisor
  duration max_period = std::chrono::seconds(5);
  std::string name = {}; // registered while it runs; empty for none
};

/// Behaves as Elixir's DynamicSupervisor does. Its children live on its shard.
class dynamic_supervisor final : public behaviour, private detail::supervisor_kind {
public:
  explicit dynamic_supervisor(dynamic_supervisor_options options);
  ~dynamic_supervisor() override;

private:
  struct entry {
    child_spec spec;
    child_status status = child_status::running;
  };
  using children = std::map<pid, entry>; // by current or last pid

  void on_start() override;
  void on_message(term message) override;

  void child_exited(const pid& child, const exit_reason& why) override;
  void add(const child_spec& spec, const from& caller) override;
  [[nodiscard]] bool serve(const gen_call& call) override;
  [[nodiscard]] std::vector<child_info> list() const override;
  [[nodiscard]] child_counts count() const override;
  void end(const exit_reason& why) override;

  void terminate(const pid& child, const from& caller);
  void restart(children::iterator child);
  void try_again(const pid& old);

  const dynamic_supervisor_options options_;
  children children_;
  const std::unique_ptr<detail::child_supervision> supervision_;
};

template <>
inline constexpr child_type detail::type_of_child<dynamic_supervisor> =
    child_type::supervisor;

} // namespace websock::runtime
