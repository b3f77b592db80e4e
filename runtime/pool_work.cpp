// To the pool and back.
#include "runtime/pool_work.hpp"

#include "runtime/node.hpp"
#include "runtime/process.hpp"
#include "runtime/shard.hpp"
#include "runtime/waiter.hpp"

namespace runtime::detail {

void pool_work::start(process& who, waiter& waiting) {
  itself_ = shared_from_this();
  try {
    who.node().run_in_pool([this, &home = who.shard()] {
      work();
      home.post_task(*this);
    });
  } catch (...) {
    itself_ = nullptr;
    throw;
  }
  waiting_ = &waiting;
}

void pool_work::run(shard&) {
  const auto own = std::move(itself_);
  if (waiting_ != nullptr)
    waiting_->finish();
}

void pool_work::dispose() noexcept {
  const auto own = std::move(itself_);
}

} // namespace runtime::detail
