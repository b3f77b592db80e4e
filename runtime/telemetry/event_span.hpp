// Events around a piece of work: its start, and its end with the time that it took.
#pragma once

#include "event.hpp"
#include "event_table.hpp"

#include <chrono>
#include <exception>
#include <type_traits>
#include <utility>

namespace websock::runtime {

namespace detail {

/// Tells the start now and the end later: `exception` when the stack is unwound
/// meanwhile.
class running_span {
public:
  running_span(event_table& table, const span_events& names, std::vector<metadatum> about)
      : table_(table), names_(names), about_(std::move(about)) {
    table_.tell(names_.start, [&] { return event_facts{{}, about_}; });
  }
  ~running_span() {
    const auto time = std::chrono::steady_clock::now() - since_;
    const bool is_unwound = std::uncaught_exceptions() > uncaught_;
    table_.tell(is_unwound ? names_.exception : names_.stop, [&] {
      return event_facts{{{"duration", time}}, about_};
    });
  }
  running_span(const running_span&) = delete;
  running_span& operator=(const running_span&) = delete;

private:
  event_table& table_;
  const span_events names_;
  const std::vector<metadatum> about_;
  const int uncaught_ = std::uncaught_exceptions();
  const std::chrono::steady_clock::time_point since_ = std::chrono::steady_clock::now();
};

} // namespace detail

/// Calls `work()` and returns its result, with an event before and one behind it; both
/// have the metadata that `describe()` returns. Without listeners it only calls `work`.
template <class Describe, class Work>
std::invoke_result_t<Work&> span(event_table& table, const span_events& names,
                                 Describe describe, Work work) {
  if (!table.is_heard(names))
    return work();
  const detail::running_span running(table, names, describe());
  return work();
}

} // namespace websock::runtime
