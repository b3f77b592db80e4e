// An answer that a process owes to a session: how it gets there, and how either of them
// can be gone before.
#pragma once

#include "websock/http/response.hpp"
#include "websock/runtime/mailbox/signal.hpp"

#include <memory>
#include <optional>
#include <utility>

namespace websock {

/// Shared by a session and an `answer_promise`; travels to the session's shard as a task,
/// which takes no memory.
class pending_answer final : private runtime::detail::shard_task,
                             public std::enable_shared_from_this<pending_answer> {
public:
  class receiver {
  public:
    /// Called once on its shard, between turns; empty if there will be no answer.
    virtual void answered(std::optional<http::response> answer) noexcept = 0;

  protected:
    ~receiver() = default;
  };

  pending_answer(runtime::shard& home, receiver& whom) noexcept
      : runtime::detail::shard_task(runtime::detail::signal_kind::event), home_(home),
        whom_(&whom) {}

  /// The receiver is gone. Only on its shard.
  void abandon() noexcept { whom_ = nullptr; }

private:
  friend class answer_promise;

  void send() noexcept;
  void run(runtime::shard& home) override;
  void dispose() noexcept override;

  runtime::shard& home_;
  receiver* whom_;
  std::optional<http::response> answer_;
  std::shared_ptr<pending_answer> itself_; // set while it travels
};

/// Held by the process. When destroyed it sends the answer, or word that there is none.
class answer_promise {
public:
  explicit answer_promise(std::shared_ptr<pending_answer> to) noexcept
      : to_(std::move(to)) {}
  answer_promise(answer_promise&&) noexcept = default;
  answer_promise& operator=(answer_promise&&) = delete;
  ~answer_promise() {
    if (to_)
      to_->send();
  }

  void keep(http::response answer) { to_->answer_ = std::move(answer); }

private:
  std::shared_ptr<pending_answer> to_;
};

} // namespace websock
