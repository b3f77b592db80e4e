// Who may become a connection: what the server, or a gateway, and all its shards share.
#pragma once

#include "websock/handshake/handshake.hpp"
#include "websock/handshake/refused_origins.hpp"
#include "websock/handshake/route_result.hpp"
#include "websock/options/options.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>

namespace websock {

/// Any thread.
class admission {
public:
  static constexpr std::size_t connections_per_shard = 16'384;

  /// Gets a line for the log about an origin that was refused.
  using report = std::function<void(const std::string& line)>;

  /// `limit` 0: connections_per_shard for each of `shards`. `defaults` must be valid.
  admission(
      upgrade_options defaults, std::size_t limit, std::size_t shards,
      std::chrono::seconds retry_after, report tell = [](const std::string&) {});

  /// The upgrade, which counts until `dismiss`, or the response that refuses it: 403 or
  /// 400 by its options, 503 when there are as many as there may be or while draining.
  /// Throws what a change of its options throws, and then nothing counts.
  [[nodiscard]] std::variant<accepted_upgrade, http::response>
  decide(const http::request& request, upgrade_plan plan, const handshake_setting& where);
  /// A connection that was accepted is no more.
  void dismiss() noexcept { count_.fetch_sub(1, std::memory_order_relaxed); }
  [[nodiscard]] std::size_t count() const noexcept {
    return count_.load(std::memory_order_relaxed);
  }

  /// From now on everybody is refused.
  void close() noexcept { is_closed_.store(true); }
  [[nodiscard]] bool is_closed() const noexcept { return is_closed_.load(); }
  /// Requests that were refused because of their origin, so far.
  [[nodiscard]] std::uint64_t origins_refused() const noexcept {
    return foreign_.count();
  }
  /// 503 with Retry-After.
  [[nodiscard]] http::response unavailable() const;

private:
  [[nodiscard]] http::response refuse(const http::request& request,
                                      const origin_refusal& foreign);

  const std::shared_ptr<const upgrade_options> defaults_;
  const std::size_t limit_;
  const std::chrono::seconds retry_after_;
  std::atomic<std::size_t> count_{0};
  std::atomic<bool> is_closed_{false};
  refused_origins foreign_;
  const report tell_;
};

} // namespace websock
