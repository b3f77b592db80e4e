// Running a chain of coroutines, and taking it down.
#include "websock/runtime/coroutine/coroutine.hpp"

#include <stdexcept>

namespace websock::runtime::detail {

bool coroutine::begin(coroutine*& inner, coroutine& outer) {
  if (inner == nullptr || inner->outer_ != nullptr)
    throw std::logic_error("a waiting<T> is awaited once");
  inner->outer_ = &outer;
  inner->owner_ = &inner;
  outer.inner_ = inner;
  if (outer.outer_ != nullptr)
    return true; // whoever runs the chain goes on with this one
  run(*inner, &outer);
  return !inner->frame_.done();
}

void coroutine::run(coroutine& first, const coroutine* until) {
  for (coroutine* at = &first; at != until;) {
    at->frame_.resume();
    if (at->frame_.done())
      at = at->outer_;
    else if (at->inner_ != nullptr && at->outer_ != nullptr)
      at = at->inner_; // it has just begun to wait for that one
    else
      return;
  }
}

void coroutine::destroy() noexcept {
  coroutine* at = this;
  while (at->inner_ != nullptr)
    at = at->inner_;
  for (bool is_last = false; !is_last;) {
    is_last = at == this;
    coroutine* const outer = at->outer_;
    if (at->owner_ != nullptr)
      *at->owner_ = nullptr;
    at->frame_.destroy();
    at = outer;
  }
}

} // namespace websock::runtime::detail
