// What the connections of a shard share, where the kernel refuses to watch one more
// socket.
#include "websock/connection_host.hpp"

#include "runtime/node.hpp"
#include "runtime/shard.hpp"
#include "runtime/testing/stepped_node.hpp"

#include "tests/catch.hpp"

#include <cerrno>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

using namespace std::chrono_literals;

namespace {

/// A socket that is one too many for the kernel.
class unwatchable final : public websock::transport {
public:
  explicit unwatchable(bool& is_closed) noexcept : is_closed_(is_closed) {}
  ~unwatchable() override { is_closed_ = true; }
  [[nodiscard]] websock::io_result read(std::span<std::byte>) override {
    return {websock::io_result::status::would_block};
  }
  [[nodiscard]] websock::io_result write(std::string_view) override {
    return {websock::io_result::status::would_block};
  }
  void end_of_output() override {}
  void watch(runtime::io_target&, runtime::interest) override {
    throw std::system_error(ENOSPC, std::generic_category(), "epoll_ctl");
  }
  [[nodiscard]] std::string unwatch(runtime::io_target&) noexcept override { return {}; }
  [[nodiscard]] std::string peer_name() const override { return "nobody"; }

private:
  bool& is_closed_;
};

} // namespace

TEST_CASE("a last socket that cannot be watched is closed at once and keeps no drain") {
  runtime::testing::stepped_node node{1, {.shards = 1, .pool_threads = 1}};
  auto& shard = node.node().shard_at(0);
  websock::connection_host host(shard);
  bool is_closed = false;
  host.linger(std::make_unique<unwatchable>(is_closed), "goodbye");
  CHECK(is_closed);
  CHECK(shard.timers().size() == 0);
  REQUIRE(node.log_lines().size() == 1);
  CHECK(node.log_lines()[0]
        == "a connection is cut off: epoll_ctl: No space left on device");
  bool is_drained = false;
  host.drain({}, 0, 1, [&](websock::drain_result) { is_drained = true; });
  CHECK(is_drained);
  node.advance(10s);
}
