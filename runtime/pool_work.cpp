// To the pool and back.
#include "runtime/pool_work.hpp"

#include "runtime/node.hpp"
#include "runtime/process.hpp"
#include "runtime/shard.hpp"
#include "runtime/waiter.hpp"

namespace runtime::detail {

void pool_work::start(process& who, waiter& waiting) {
  waiting_ = &waiting;
  who.node().run_in_pool([self = shared_from_this(), &home = who.shard()] {
    self->run();
    home.post([self](shard&) {
      if (self->waiting_ != nullptr)
        self->waiting_->finish();
    });
  });
}

} // namespace runtime::detail
