// A bounded pool of shared compression contexts.
#include "websock/protocol/deflate_pool.hpp"

#include "tests/catch.hpp"
#include "tests/websock/protocol/deflate_lab.hpp"

#include <memory>
#include <string>
#include <vector>

using namespace websock::protocol;
using namespace websock::testing;

TEST_CASE("a context comes back for the same settings only") {
  deflate_pool pool;
  auto first = pool.take_deflater({15, 6, 8});
  const auto* address = first.get();
  pool.put(std::move(first));
  CHECK(pool.take_deflater({15, 6, 7})->settings() == deflate_settings{15, 6, 7});
  CHECK(pool.take_deflater({15, 1, 8}).get() != address);
  CHECK(pool.take_deflater({14, 6, 8}).get() != address);
  CHECK(pool.take_deflater({15, 6, 8}).get() == address);
  auto inflating = pool.take_inflater(12);
  const auto* other = inflating.get();
  pool.put(std::move(inflating));
  CHECK(pool.take_inflater(13).get() != other);
  CHECK(pool.take_inflater(12).get() == other);
}

TEST_CASE("a context that comes back has forgotten everything") {
  deflate_pool pool;
  const std::string text = json_like(1'000);
  auto first = pool.take_deflater({});
  std::string fresh;
  first->append(fresh, text);
  pool.put(std::move(first));
  std::string again;
  pool.take_deflater({})->append(again, text);
  CHECK(again == fresh);
}

TEST_CASE("the pool keeps a few of each, and lets the oldest go") {
  deflate_pool pool;
  std::vector<std::unique_ptr<deflater>> deflaters;
  std::vector<std::unique_ptr<inflater>> inflaters;
  for (int i = 0; i < 100; ++i) {
    deflaters.push_back(pool.take_deflater({}));
    inflaters.push_back(pool.take_inflater(15));
  }
  for (auto& each : deflaters)
    pool.put(std::move(each));
  for (auto& each : inflaters)
    pool.put(std::move(each));
  for (int i = 0; i < 100; ++i)
    pool.put(std::vector<std::byte>(60'000));
  CHECK(pool.heap_size() > 4 * 262'144);
  CHECK(pool.heap_size() < 2'000'000);
  pool.put(std::unique_ptr<deflater>());
  pool.put(std::unique_ptr<inflater>());
  for (int level = 1; level <= 9; ++level)
    pool.put(pool.take_deflater({9, level, 1}));
  CHECK(pool.heap_size() < 600'000); // the large ones had to go
}

TEST_CASE("large buffers go back to the heap") {
  deflate_pool pool;
  auto buffer = pool.take_buffer();
  buffer.resize(65'536);
  pool.put(std::move(buffer));
  CHECK(pool.heap_size() >= 65'536);
  CHECK(pool.take_buffer().capacity() == 65'536);
  pool.put(std::vector<std::byte>(65'537));
  CHECK(pool.heap_size() < 100);
  pool.deflated().resize(1'000'000);
  CHECK(pool.deflated().capacity() < 262'144);
}
