// What waits to be written to a stream: gathered, and unmoved while it is being written.
#pragma once

#include <asio/buffer.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>

namespace websock::runtime::distribution {

/// Octets in order. `next` shows what is to be written, `written` says how far that went;
/// what is added in between does not touch it.
class socket_write_queue {
public:
  /// Buffers for one writev, which lie in the queue.
  class pieces {
  public:
    using value_type = asio::const_buffer;
    using const_iterator = const asio::const_buffer*;
    pieces(const_iterator begin, const_iterator end) noexcept
        : begin_(begin), end_(end) {}
    [[nodiscard]] const_iterator begin() const noexcept { return begin_; }
    [[nodiscard]] const_iterator end() const noexcept { return end_; }

  private:
    const_iterator begin_;
    const_iterator end_;
  };

  void add(std::string octets) {
    const std::size_t more = octets.size();
    if (!waiting_.empty() && more <= small && waiting_.back().size() + more <= gathered)
      waiting_.back() += octets;
    else if (more > 0)
      waiting_.push_back(std::move(octets));
    size_ += more;
  }
  /// The octets to write first, valid until `written`. There must be some.
  [[nodiscard]] pieces next() {
    if (going_.empty())
      going_.swap(waiting_);
    std::size_t count = 0;
    for (const auto& each : going_) {
      const std::size_t skipped = count == 0 ? begun_ : 0;
      buffers_[count++] = asio::buffer(each.data() + skipped, each.size() - skipped);
      if (count == buffers_.size())
        break;
    }
    return {buffers_.data(), buffers_.data() + count};
  }
  void written(std::size_t count) noexcept {
    size_ -= std::min(count, size_);
    sent_ += count;
    begun_ += count;
    while (!going_.empty() && begun_ >= going_.front().size()) {
      begun_ -= going_.front().size();
      going_.pop_front();
    }
  }
  /// Drops what is not being written.
  void drop_waiting() noexcept {
    for (const auto& each : waiting_)
      size_ -= each.size();
    waiting_.clear();
  }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::uint64_t sent() const noexcept { return sent_; }

private:
  // Copying a small string costs less than a buffer of its own in the kernel.
  static constexpr std::size_t small = 4'096;
  static constexpr std::size_t gathered = 65'536;

  std::deque<std::string> waiting_;
  std::deque<std::string> going_;
  std::array<asio::const_buffer, 64> buffers_; // as many as Asio takes at once
  std::size_t begun_ = 0; // octets of going_.front() that are written
  std::size_t size_ = 0;
  std::uint64_t sent_ = 0;
};

} // namespace websock::runtime::distribution
