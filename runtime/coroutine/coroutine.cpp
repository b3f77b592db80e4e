// Resuming a chain of coroutines, and destroying it.
#include "coroutine.hpp"

#include <stdexcept>

namespace websock::runtime::detail {

bool coroutine::begin(coroutine*& inner, coroutine& outer) {
  if (inner == nullptr || inner->outer_ != nullptr)
    throw std::logic_error("a waiting<T> is awaited once");
  inner->outer_ = &outer;
  inner->owner_ = &inner;
  outer.inner_ = inner;
  if (outer.outer_ != nullptr)
    return true; // run() resumes this one next
  run(*inner, &outer);
  return !inner->frame_.done();
}

void coroutine::run(coroutine& first, const coroutine* until) {
  for (coroutine* current = &first; current != until;) {
    current->frame_.resume();
    if (current->frame_.done())
      current = current->outer_;
    else if (current->inner_ != nullptr && current->outer_ != nullptr)
      current = current->inner_; // it has just started to wait for that one
    else
      return;
  }
}

void coroutine::destroy() noexcept {
  coroutine* current = this;
  while (current->inner_ != nullptr)
    current = current->inner_;
  for (bool is_last = false; !is_last;) {
    is_last = current == this;
    coroutine* const outer = current->outer_;
    if (current->owner_ != nullptr)
      *current->owner_ = nullptr;
    current->frame_.destroy();
    current = outer;
  }
}

} // namespace websock::runtime::detail
