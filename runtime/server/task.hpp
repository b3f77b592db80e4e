// A function that runs in a process of its own, on another shard, and whose result is
// waited for.
#pragma once

#include "../address/gen_call.hpp"
#include "../address/pid.hpp"
#include "../process/process.hpp"
#include "../term/reference.hpp"
#include "../term/term.hpp"
#include "../time/clock.hpp"
#include "thread_process.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <ranges>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

namespace websock::runtime {

/// What ties a task to the process that started it. Linked: neither outlives a crash of
/// the other.
enum class task_tie : std::uint8_t { linked, unlinked };

struct task_options {
  task_tie tie = task_tie::linked;
  duration limit = infinity; // then the answer is `timeout`; the function is not stopped
};

/// A task that has been started: the process that runs it, and the id of its answer.
template <class R>
struct task {
  runtime::pid process;
  reference id;
};

namespace detail {

/// The answer of a function that returns nothing.
struct nothing {};

/// What a task makes of what its function returns.
template <class R>
using task_value_t =
    std::conditional_t<std::is_void_v<R>, void,
                       stored_t<std::conditional_t<std::is_void_v<R>, nothing, R>>>;

[[nodiscard]] task<term> start_task(process& owner, const task_options& options,
                                    std::function<term()> work);
/// The value, or call_failed.
[[nodiscard]] term value_of(const response& answer);
/// Kills a task that nobody waits for any more, and leaves no trace of it.
void abandon_task(thread_process& owner, const pid& process, reference id);

template <class F>
[[nodiscard]] std::function<term()> as_work(F function) {
  return [function = std::move(function)]() mutable {
    if constexpr (std::is_void_v<std::invoke_result_t<F&>>) {
      function();
      return term(nothing{});
    } else {
      return make_term(function());
    }
  };
}

template <class R>
[[nodiscard]] R result_of(const term& value) {
  if constexpr (std::is_same_v<R, term>)
    return value;
  else if constexpr (!std::is_void_v<R>)
    return value.get<R>();
}

/// The tasks of an async_stream that run; kills them when it is destroyed.
class task_stream {
public:
  explicit task_stream(thread_process& owner) noexcept : owner_(owner) {}
  task_stream(const task_stream&) = delete;
  task_stream& operator=(const task_stream&) = delete;
  ~task_stream();

  [[nodiscard]] std::size_t size() const noexcept { return ids_.size(); }
  void start(duration limit, std::function<term()> work);
  /// Waits for the task that is done next. Throws call_failed when it failed.
  void collect();
  /// In the order in which the tasks were started.
  [[nodiscard]] const std::vector<term>& values() const noexcept { return values_; }

private:
  struct running {
    pid process;
    std::size_t index;
  };
  thread_process& owner_;
  std::vector<reference> ids_;
  std::unordered_map<reference, running> running_;
  std::vector<term> values_;
};

} // namespace detail

/// Runs `function` on another shard, which waits for it: it should not block. `owner`
/// gets one `response{id, ...}`: what the function returns, or the reason why it did not.
/// A task that succeeds leaves no other message, linked or not. Source: Task.async/1.
template <class F>
auto async(process& owner, F function, const task_options& options = {}) {
  const auto started =
      detail::start_task(owner, options, detail::as_work(std::move(function)));
  return task<detail::task_value_t<std::invoke_result_t<F&>>>{started.process,
                                                              started.id};
}
template <class F>
auto async(thread_process& owner, F function, const task_options& options = {}) {
  return owner.in_process(
      [&](process& self) { return async(self, std::move(function), options); });
}

/// Waits for the result, once. Throws call_failed with the reason of a crash; or with
/// `timeout`, and kills the task then. Source: Task.await/2.
template <class R>
R await(thread_process& owner, const task<R>& what,
        duration limit = std::chrono::seconds(5)) {
  const auto answer = owner.receive_response({&what.id, 1}, limit);
  if (!answer.id)
    detail::abandon_task(owner, what.process, what.id);
  return detail::result_of<R>(detail::value_of(answer));
}

struct stream_options {
  std::size_t max_concurrency = 0;          // tasks at the same time; 0: one per shard
  duration limit = std::chrono::seconds(5); // for each task
};

/// Calls `function` with each of `inputs`, in a task each, and returns the results in the
/// order of the inputs. When a task fails, it throws call_failed and kills the others.
/// Source: Task.async_stream/3.
template <std::ranges::input_range Inputs, class F>
auto async_stream(thread_process& owner, const Inputs& inputs, F function,
                  const stream_options& options = {}) {
  using input = std::ranges::range_value_t<Inputs>;
  using value = detail::task_value_t<std::invoke_result_t<F&, const input&>>;
  static_assert(!std::is_void_v<value>, "async_stream: the function returns nothing");
  const auto most =
      options.max_concurrency != 0 ? options.max_concurrency : owner.node().shard_count();
  detail::task_stream tasks(owner);
  for (const auto& each : inputs) {
    while (tasks.size() >= most)
      tasks.collect();
    tasks.start(options.limit,
                detail::as_work([function, each]() mutable { return function(each); }));
  }
  while (tasks.size() > 0)
    tasks.collect();
  std::vector<value> results;
  for (const auto& each : tasks.values())
    results.push_back(detail::result_of<value>(each));
  return results;
}

} // namespace websock::runtime
