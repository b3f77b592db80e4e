// How many sessions there may be: in all, and of one client.
#pragma once

#include "websock/http/client_group.hpp"

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

namespace websock::channels {

/// Any thread. A lock, as sessions of one client begin on all shards; they are few.
class session_places : public std::enable_shared_from_this<session_places> {
public:
  /// A session's right to exist; given back when destroyed.
  class place {
  public:
    place(std::shared_ptr<session_places> from, http::client_group client) noexcept
        : from_(std::move(from)), client_(client) {}
    place(place&&) noexcept = default;
    place& operator=(place&&) = delete;
    ~place() {
      if (from_)
        from_->give_back(client_);
    }

  private:
    std::shared_ptr<session_places> from_;
    http::client_group client_;
  };

  session_places(std::size_t most, std::size_t most_of_client) noexcept
      : most_(most), most_of_client_(most_of_client) {}

  /// Empty if there is none left. Clients that have no address have only the first limit.
  [[nodiscard]] std::optional<place> take(http::client_group client);
  [[nodiscard]] std::size_t taken() const;

private:
  void give_back(http::client_group client) noexcept;

  const std::size_t most_;
  const std::size_t most_of_client_;
  mutable std::mutex mutex_;
  std::size_t taken_ = 0;
  std::unordered_map<http::client_group, std::size_t> by_client_;
};

} // namespace websock::channels
