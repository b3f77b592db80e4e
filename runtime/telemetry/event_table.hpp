// Who listens to which events of a node.
#pragma once

#include "event_name.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace websock::runtime {

struct event;
struct event_facts;

/// Called where the event happens: on its shard, within the turn, before anything else
/// runs there. It must be quick, and may be called from several threads at a time. One
/// that throws is detached, and a line is logged. Source: telemetry.
using event_handler = std::function<void(const event&)>;

/// Any thread may call every function. An event to which nobody listens costs one load
/// and one test (bench: instructions).
class event_table {
public:
  static constexpr std::size_t most_handlers = 1'024;

  /// `report` logs the exception that is being handled, under a name.
  explicit event_table(std::function<void(std::string_view who)> report);

  /// Calls `handler` for each of these events from now on. Throws std::invalid_argument
  /// when `id` is taken or `handler` is empty, std::length_error beyond most_handlers.
  void attach(std::string id, std::vector<event_name> names, event_handler handler);
  /// False when there is no such handler. It may still be running on other threads, where
  /// the event happened before.
  bool detach(std::string_view id);
  /// The ids of those who listen to `name`, in the order in which they were attached.
  [[nodiscard]] std::vector<std::string> handlers_of(event_name name) const;

  /// False when nobody listens to `name`; true may be wrong, and costs a look at the
  /// table.
  [[nodiscard]] bool is_heard(event_name name) const noexcept {
    // relaxed: it orders nothing. Whoever attaches a handler hears what happens from some
    // moment on, and a handler itself is found under the lock.
    return (heard_.load(std::memory_order_relaxed) & name.bit()) != 0;
  }
  /// The same for any of these.
  [[nodiscard]] bool is_heard(const span_events& names) const noexcept {
    return (heard_.load(std::memory_order_relaxed) & names.bits()) != 0; // as above
  }
  /// Calls those who listen.
  void emit(event_name name, const event_facts& facts) noexcept;
  /// The same with the facts that `describe()` returns, which is called only when
  /// somebody may listen. What it throws is logged.
  template <class Describe>
  void tell(event_name name, Describe describe) noexcept {
    if (is_heard(name)) [[unlikely]]
      try {
        emit(name, describe());
      } catch (...) {
        report_("an event is not told");
      }
  }

private:
  struct attached {
    std::string id;
    std::vector<event_name> names;
    event_handler call;
  };
  using listeners = std::vector<std::shared_ptr<const attached>>;

  [[nodiscard]] std::shared_ptr<const listeners> all() const noexcept;
  void replace(listeners with);
  void call(const attached& who, const event& what) noexcept;
  void drop(const attached& failed, event_name heard) noexcept;

  const std::function<void(std::string_view)> report_;
  std::atomic<std::uint64_t> heard_{0}; // the bits of all names in the table
  mutable std::mutex mutex_; // for a few instructions: handlers run outside of it
  std::shared_ptr<const listeners> all_;
};

} // namespace websock::runtime
