// The threads in which names are looked up. They outlive the node when a resolver does
// not return: nobody waits for them.
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
  std::list<std::shared_ptr<lookup_job>>::iterator place{}; // while it is queued
};

/// Somebody who waits.
struct lookup_request {
  runtime::shard* home;
  std::function<void(found_addresses)> done; // only its shard looks at it
  std::shared_ptr<lookup_job> job = nullptr; // until it is answered or forgotten
  std::list<std::shared_ptr<lookup_request>>::iterator place{}; // in what waits for that
};

/// Shared by the node and by each thread. Any thread may call anything here.
class lookup_threads : public std::enable_shared_from_this<lookup_threads> {
public:
  explicit lookup_threads(resolver how);

  void resolve_with(resolver how);
  /// Answers on the shard of `request`, unless it is forgotten before. Requests for one
  /// name share a look-up while it is young.
  void ask(const std::string& host, std::shared_ptr<lookup_request> request);
  void forget(lookup_request& request) noexcept;
  /// The node ends: nobody is answered any more, and threads that have nothing to do end.
  void close() noexcept;

private:
  using shared_job = std::shared_ptr<lookup_job>;
  /// Of one name.
  struct looked_up {
    shared_job latest = nullptr; // that is not over
    std::size_t running = 0;
  };

  [[nodiscard]] shared_job job_for(const std::string& host, runtime::time_point now);
  void need_thread();
  void run() noexcept;
  [[nodiscard]] shared_job next_job(std::unique_lock<std::mutex>& lock);
  void answer(lookup_job& of, const found_addresses& found) noexcept;
  void end(const shared_job& job) noexcept;

  std::mutex mutex_; // of everything below; clients and threads meet here, once a look-up
  std::condition_variable changed_;
  std::shared_ptr<const resolver> how_;
  std::list<shared_job> queue_; // each has somebody who waits
  std::unordered_map<std::string, looked_up> names_;
  std::size_t threads_ = 0;
  std::size_t idle_ = 0;
  bool is_closed_ = false;
};

} // namespace websock::detail
