// A place in the mailbox of a connection for what its peer has sent. Rule 20: what had
// arrived when the place was taken is handled there, and nothing that came later.
#pragma once

#include "websock/runtime/coroutine/frame_pool.hpp"
#include "websock/runtime/mailbox/signal.hpp"

#include <cassert>
#include <cstddef>
#include <utility>
#include <vector>

namespace websock {

class arrivals;

/// Owned by the mailbox, or by who takes it out; in memory of its shard.
class arrival final : public runtime::detail::signal {
public:
  /// The owner of a connection's places.
  class reader {
  public:
    /// The turn of the oldest place has come. Puts it back, or lets it go.
    virtual void arrived_at(arrival& place) = 0;

  protected:
    ~reader() = default;
  };

  std::size_t octets = 0;      // to be read there
  std::vector<std::byte> read; // or that were read already
  bool is_deadline = false;    // one has passed: it is looked at there
  bool is_by_inbox = false; // it came into the mailbox behind what was on its way there

  ~arrival();
  static void operator delete(void* memory, std::size_t size) noexcept {
    runtime::detail::frame_pool::release(memory, size);
  }

private:
  friend class arrivals;

  arrival(arrivals& of, reader& by) noexcept
      : signal(runtime::detail::signal_kind::event), of_(&of), by_(by) {}
  static void* operator new(std::size_t size, runtime::detail::frame_pool& memory) {
    return memory.allocate(size);
  }
  static void operator delete(void* memory, runtime::detail::frame_pool&) noexcept {
    runtime::detail::frame_pool::release(memory, sizeof(arrival));
  }
  void handle(runtime::detail::process_block& target) override;
  void dispose() noexcept override { delete this; }

  arrivals* of_; // null when they are gone
  reader& by_;
  arrival* later_ = nullptr;
};

/// The places that a connection has taken, in their order.
class arrivals {
public:
  arrivals() = default;
  ~arrivals();
  arrivals(const arrivals&) = delete;
  arrivals& operator=(const arrivals&) = delete;

  [[nodiscard]] bool empty() const noexcept { return oldest_ == nullptr; }
  [[nodiscard]] arrival* newest() const noexcept { return newest_; }
  /// Octets that are to be read at any of them.
  [[nodiscard]] std::size_t octets() const noexcept { return octets_; }
  /// One more, for `octets` of them. To be put into the mailbox of `by`.
  [[nodiscard]] arrival& add(std::size_t octets, arrival::reader& by,
                             runtime::detail::frame_pool& memory);
  /// The newest one is for `octets` more.
  void extend(std::size_t octets) noexcept {
    assert(!empty() && "there is a place to extend");
    newest_->octets += octets;
    octets_ += octets;
  }
  /// `left` of the octets of `place`, the oldest, are still to be read.
  void shorten(arrival& place, std::size_t left) noexcept {
    assert(&place == oldest_ && left <= place.octets && "the oldest place is read first");
    octets_ -= std::exchange(place.octets, left) - left;
  }
  /// It is done with, wherever it is.
  void remove(arrival& place) noexcept;

private:
  arrival* oldest_ = nullptr;
  arrival* newest_ = nullptr;
  std::size_t octets_ = 0;
};

} // namespace websock
