// The way of an answer.
#include "websock/serve/pending_answer.hpp"

#include "websock/runtime/process/shard.hpp"

namespace websock {

void pending_answer::send() noexcept {
  itself_ = shared_from_this();
  home_.post_task(*this);
}

void pending_answer::run(runtime::shard&) {
  const auto own = std::move(itself_);
  if (auto* const whom = std::exchange(whom_, nullptr))
    whom->answered(std::move(answer_));
}

void pending_answer::dispose() noexcept {
  const auto own = std::move(itself_);
}

} // namespace websock
