// Tasks: the process that runs a function, and waiting for several of them.
#include "task.hpp"

#include "../behaviour/behaviour.hpp"
#include "../process/node.hpp"
#include "../process/process_block.hpp"

#include <utility>

namespace websock::runtime::detail {

namespace {

struct run {};

/// Waits for the request that says who wants the result: by then links and monitors
/// stand.
class task_body final : public behaviour {
public:
  task_body(pid owner, std::function<term()> work)
      : owner_(std::move(owner)), work_(std::move(work)) {}

private:
  void on_message(term message) override {
    const auto* call = message.get_if<gen_call>();
    if (call == nullptr)
      return;
    auto value = work_();
    self().unlink(owner_); // a result is no exit
    reply(call->caller, std::move(value));
    detail::block_of(self()).end(reason::normal);
  }

  const pid owner_;
  const std::function<term()> work_;
};

} // namespace

task<term> start_task(process& owner, const task_options& options,
                      std::function<term()> work) {
  static_cast<void>(not_negative("the limit of a task", options.limit)); // or it started
  auto started =
      owner.node().spawn_beside<task_body>(owner.shard(), owner.pid(), std::move(work));
  if (options.tie == task_tie::linked)
    owner.link(started);
  const auto id = owner.send_request(started, options.limit, run{});
  return {std::move(started), id};
}

term value_of(const response& answer) {
  if (!answer.is_answered())
    throw call_failed(answer.failed);
  return answer.value;
}

void abandon_task(thread_process& owner, const pid& process, reference id) {
  owner.in_process([&](runtime::process& self) {
    self.cancel_request(id);
    self.unlink(process);
    self.exit(process, reason::kill);
  });
  static_cast<void>(owner.receive_response({&id, 1}, duration::zero()));
}

task_stream::~task_stream() {
  for (const auto& [id, each] : running_)
    abandon_task(owner_, each.process, id);
}

void task_stream::start(duration limit, std::function<term()> work) {
  const auto started = owner_.in_process([&](process& self) {
    return start_task(self, {.tie = task_tie::unlinked, .limit = limit}, std::move(work));
  });
  ids_.push_back(started.id);
  running_.emplace(started.id, running{started.process, values_.size()});
  values_.emplace_back();
}

void task_stream::collect() {
  const auto answer = owner_.receive_response(ids_, infinity);
  auto value = value_of(answer); // a task that failed is still in the list: it is killed
  values_[running_.at(answer.id).index] = std::move(value);
  running_.erase(answer.id);
  std::erase(ids_, answer.id);
}

} // namespace websock::runtime::detail
