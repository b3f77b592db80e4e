// Undoes what a scope began unless the scope completes.
#pragma once

#include <utility>

namespace websock::runtime::detail {

/// Calls `undo()`, which must not throw, at the end of its scope unless the result is to
/// be kept.
template <class F>
class rollback {
public:
  explicit rollback(F undo) noexcept : undo_(std::move(undo)) {}
  ~rollback() {
    if (!is_kept_)
      undo_();
  }
  rollback(const rollback&) = delete;
  rollback& operator=(const rollback&) = delete;

  void keep() noexcept { is_kept_ = true; }

private:
  F undo_;
  bool is_kept_ = false;
};

} // namespace websock::runtime::detail
