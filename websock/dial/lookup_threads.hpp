// The threads that look up names. They outlive the node if a resolver does not return, as
// nobody waits for them.
#pragma once

#include "websock/dial/addresses.hpp"
#include "websock/runtime/time/clock.hpp"

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace websock::runtime {
class shard;
}

namespace websock::detail {

struct lookup_request;

/// One call of the resolver.
struct lookup_job {
  enum class state : std::uint8_t { queued, running, over };

  std::string host;
  runtime::time_point asked; // when it was queued
  state now = state::queued;
  std::list<std::shared_ptr<lookup_request>> waiting{};
  std::list<std::shared_ptr<lookup_job>>::iterator place{}; // while queued
};

/// A client's request for a lookup.
struct lookup_request {
  runtime::shard* home;
  std::function<void(found_addresses)> done; // used only on its shard
  std::shared_ptr<lookup_job> job = nullptr; // until answered or forgotten
  std::list<std::shared_ptr<lookup_request>>::iterator place{}; // among the waiting
};

/// Shared by the node and the threads. Any thread may call every function.
class lookup_threads : public std::enable_shared_from_this<lookup_threads> {
public:
  explicit lookup_threads(resolver how);

  void resolve_with(resolver how);
  /// Answers on the shard of `request`, unless that is forgotten first. Requests for the
  /// same name share a lookup while it is recent.
  void ask(const std::string& host, std::shared_ptr<lookup_request> request);
  void forget(lookup_request& request) noexcept;
  /// The node ends: no more answers are sent, and idle threads end.
  void close() noexcept;

private:
  using shared_job = std::shared_ptr<lookup_job>;
  /// The lookups of one name.
  struct looked_up {
    shared_job latest = nullptr; // the latest that is not over
    std::size_t running = 0;
  };

  [[nodiscard]] shared_job job_for(const std::string& host, runtime::time_point now);
  void need_thread();
  void run() noexcept;
  [[nodiscard]] shared_job next_job(std::unique_lock<std::mutex>& lock);
  void answer(lookup_job& job, const found_addresses& found) noexcept;
  void end(const shared_job& job) noexcept;

  std::mutex mutex_; // guards everything below; clients and threads meet once per lookup
  std::condition_variable changed_;
  std::shared_ptr<const resolver> how_;
  std::list<shared_job> queue_; // each with at least one request waiting
  std::unordered_map<std::string, looked_up> names_;
  std::size_t threads_ = 0;
  std::size_t idle_ = 0;
  bool is_closed_ = false;
};

} // namespace websock::detail
