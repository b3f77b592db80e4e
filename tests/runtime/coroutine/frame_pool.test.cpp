// Where coroutine frames are allocated.
#include "websock/runtime/coroutine/frame_pool.hpp"

#include "tests/catch.hpp"
#include "tests/support/waiting_worker.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using namespace tests;
using runtime::waiting;
using runtime::detail::frame_pool;

namespace {

// Of a type: g++ 12 forgets the alignment of a single variable in a coroutine.
struct alignas(64) cache_line {
  int value = 0;
};
struct alignas(64) three_numbers {
  int of[3] = {1, 2, 3};
};

[[nodiscard]] bool is_aligned(const void* at) {
  return reinterpret_cast<std::uintptr_t>(at) % 64 == 0;
}

/// How many of its locals lie where they must not, before and after it has waited.
waiting<int> count_misplaced(process& self, char odd, cache_line parameter) {
  int wrong = 0;
  char filler = odd;
  three_numbers numbers;
  cache_line line{4};
  for (int i = 0; i < 2; ++i) {
    wrong += is_aligned(&numbers) ? 0 : 1;
    wrong += is_aligned(&line) ? 0 : 1;
    wrong += is_aligned(&parameter) ? 0 : 1;
    co_await self.sleep(1ms);
  }
  co_return wrong + numbers.of[0] - 1 + line.value - 4 + filler - odd;
}

/// Belongs to no shard: it has no process to be told it by.
waiting<bool> has_aligned_local() {
  cache_line line;
  co_await std::suspend_never();
  co_return is_aligned(&line);
}

} // namespace

TEST_CASE("frames of every size are aligned, and theirs alone") {
  frame_pool pool;
  struct frame {
    void* at;
    std::size_t size;
  };
  for (int round = 0; round < 2; ++round) { // the second time from the lists
    std::vector<frame> all;
    for (std::size_t size = 1; size < 2'500; size += 7) {
      all.push_back({pool.allocate(size), size});
      all.push_back({frame_pool::allocate_unpooled(size), size});
      CHECK(is_aligned(all[all.size() - 1].at));
      CHECK(is_aligned(all[all.size() - 2].at));
      all.push_back({frame_pool::allocate_unaligned(size), size});
    }
    for (const auto& each : all)
      std::memset(each.at, 0xFF, each.size);
    for (const auto& each : all)
      frame_pool::release(each.at, each.size);
  }
}

TEST_CASE("what a callback keeps while it waits lies where its type wants it") {
  int wrong = 0;
  waiting_scene on([&](auto&, process& self) -> server_result {
    cache_line own;
    wrong += is_aligned(&own) ? 0 : 1;
    for (int i = 0; i < 4; ++i) {
      wrong += co_await count_misplaced(self, static_cast<char>(i), own);
      wrong += co_await has_aligned_local() ? 0 : 1;
    }
    wrong += is_aligned(&own) ? 0 : 1;
    co_return noreply();
  });
  on.send(go{});
  on.node.advance(20ms);
  CHECK(wrong == 0);
  CHECK(on.end() == "alive");
}
