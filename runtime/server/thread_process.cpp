// A process for a thread that is none.
#include "thread_process.hpp"

#include "../process/process_block.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace websock::runtime {

/// Where the process puts in: the box closes with it, also when it is killed before it
/// begins.
class thread_process::mouth {
public:
  explicit mouth(std::shared_ptr<box> into) : box_(std::move(into)) {}
  mouth(mouth&&) noexcept = default;
  mouth& operator=(mouth&&) = delete;
  ~mouth() {
    if (!box_)
      return;
    const std::lock_guard lock(box_->mutex);
    box_->is_closed = true;
    box_->arrived.notify_all();
  }
  void put(term message) const {
    const std::lock_guard lock(box_->mutex);
    box_->messages.push_back(std::move(message));
    box_->arrived.notify_one();
  }

private:
  std::shared_ptr<box> box_;
};

/// Puts what it receives into the box; runs the jobs of its thread.
class thread_process::body final : public behaviour {
public:
  explicit body(mouth into) : box_(std::move(into)) {}

private:
  void on_start() override { self().trap_exit(true); }
  void on_message(term message) override {
    if (const auto* todo = message.get_if<job>()) {
      done_ = todo->done; // keeps what runs
      call_ = todo->run(self());
      on_resumed();
      return;
    }
    const auto* exited = message.get_if<exit_signal>();
    if (exited != nullptr && self().is_parent(exited->from))
      detail::block_of(self()).end(exited->reason);
    box_.put(std::move(message));
  }
  void on_resumed() override {
    if (call_ && !call_.is_done())
      return;
    if (call_)
      call_.finish();
    std::exchange(done_, {})();
  }
  void on_exit(const exit_reason&) noexcept override { call_ = {}; }

  const mouth box_;
  std::function<void()> done_;
  detail::waiting_call call_;
};

thread_process::thread_process(runtime::node& on)
    : node_(on), box_(std::make_shared<box>()), pid_(on.spawn<body>(mouth(box_))) {
}

thread_process::~thread_process() {
  end();
}

void thread_process::end() {
  detail::send_kept(pid_, job{[](process& self) {
                                detail::block_of(self).end(reason::normal);
                                return detail::waiting_call();
                              },
                              [] {}});
}

bool thread_process::wait(std::unique_lock<std::mutex>& lock, time_point deadline) {
  if (deadline == end_of_time) {
    box_->arrived.wait(lock);
    return true;
  }
  return box_->arrived.wait_until(lock, deadline) == std::cv_status::no_timeout;
}

void thread_process::run_until(const std::function<bool()>& is_done) {
  std::unique_lock lock(box_->mutex);
  box_->arrived.wait(lock, is_done);
}

time_point thread_process::now() const {
  return std::chrono::steady_clock::now();
}

time_point thread_process::end_of(duration limit) const {
  return deadline_in(now(), not_negative("the limit of a wait", limit));
}

void thread_process::run_job(std::function<detail::waiting_call(process&)> work) {
  const auto done = std::make_shared<bool>(false);
  detail::send_kept(pid_, job{work, [work, done, box = box_] {
                                const std::lock_guard lock(box->mutex);
                                *done = true;
                                box->arrived.notify_one();
                              }});
  run_until([done, box = box_] { return *done || box->is_closed; });
  if (!*done)
    throw_ended();
}

void thread_process::throw_ended() const {
  throw no_such_process("the process of this thread, " + to_string(pid_) + ", has ended");
}

std::optional<term> thread_process::take(const std::function<bool(const term&)>& wanted,
                                         time_point deadline, std::size_t looked_at) {
  std::unique_lock lock(box_->mutex);
  for (;;) {
    auto& messages = box_->messages;
    for (; looked_at < messages.size(); ++looked_at) {
      const auto at = messages.begin() + static_cast<std::ptrdiff_t>(looked_at);
      if (!wanted(*at))
        continue;
      term found = std::move(*at);
      messages.erase(at);
      return found;
    }
    if (box_->is_closed || (!wait(lock, deadline) && looked_at == messages.size()))
      return std::nullopt;
  }
}

bool thread_process::demonitor_flush(reference ref) {
  const bool was_active =
      in_process([ref](process& self) { return self.demonitor_flush(ref); });
  const auto is_its_down = [ref](const term& value) {
    const auto* gone = value.get_if<down>();
    return gone != nullptr && gone->ref == ref;
  };
  static_cast<void>(take(is_its_down, now()));
  return was_active;
}

namespace {

[[nodiscard]] auto answers_one_of(std::span<const reference> ids) {
  return [ids](const term& value) {
    const auto* each = value.get_if<response>();
    return each != nullptr && std::find(ids.begin(), ids.end(), each->id) != ids.end();
  };
}

} // namespace

response thread_process::receive_response(std::span<const reference> ids,
                                          duration limit) {
  const auto found = take(answers_one_of(ids), end_of(limit));
  return found ? found->get<response>() : response{{}, {}, reason::timeout};
}

std::size_t thread_process::arrived() const {
  const std::lock_guard lock(box_->mutex);
  return box_->messages.size();
}

term thread_process::call_term(std::string_view node,
                               const std::function<reference(process&)>& send) {
  const auto before = arrived(); // none of these is the answer
  const auto id = in_process(send);
  const auto found = take(answers_one_of({&id, 1}), end_of(infinity), before);
  if (!found)
    throw_ended(); // nothing else ends the wait without an answer
  const auto& result = found->get<response>();
  if (!result.is_answered())
    throw call_failed(detail::failure_of_call(result.failed, node));
  return result.value;
}

} // namespace websock::runtime
