// A place in a connection's mailbox for data from its peer. Rule 20: data that had
// arrived when the place was taken is handled there, later data is not.
#pragma once

#include "websock/runtime/coroutine/frame_pool.hpp"
#include "websock/runtime/mailbox/signal.hpp"

#include <cassert>
#include <cstddef>
#include <utility>
#include <vector>

namespace websock {

class arrivals;

/// Owned by the mailbox, or by the code that takes it out; allocated from its shard's
/// pool.
class arrival final : public runtime::detail::signal {
public:
  /// The owner of a connection's places.
  class reader {
  public:
    /// The mailbox has reached the oldest place. Puts it back or destroys it.
    virtual void arrived_at(arrival& place) = 0;

  protected:
    ~reader() = default;
  };

  std::size_t octets = 0;      // still to be read here
  std::vector<std::byte> read; // or already read
  bool is_deadline = false;    // one has passed: check it here
  bool is_by_inbox = false;    // travels by the shard's inbox, behind what is still there

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

  arrivals* of_; // null once the list is gone
  reader& by_;
  arrival* later_ = nullptr;
};

/// The places that a connection has taken, in order.
class arrivals {
public:
  arrivals() = default;
  ~arrivals();
  arrivals(const arrivals&) = delete;
  arrivals& operator=(const arrivals&) = delete;

  [[nodiscard]] bool empty() const noexcept { return oldest_ == nullptr; }
  [[nodiscard]] arrival* newest() const noexcept { return newest_; }
  /// Octets still to be read, over all places.
  [[nodiscard]] std::size_t octets() const noexcept { return octets_; }
  /// Adds a place for `octets` more. The caller puts it into the mailbox of `by`.
  [[nodiscard]] arrival& add(std::size_t octets, arrival::reader& by,
                             runtime::detail::frame_pool& memory);
  /// Adds `octets` to the newest place.
  void extend(std::size_t octets) noexcept {
    assert(!empty() && "there is a place to extend");
    newest_->octets += octets;
    octets_ += octets;
  }
  /// Leaves `left` octets to be read at `place`, the oldest.
  void shorten(arrival& place, std::size_t left) noexcept {
    assert(&place == oldest_ && left <= place.octets && "the oldest place is read first");
    octets_ -= std::exchange(place.octets, left) - left;
  }
  /// Removes `place`, wherever it is in the list.
  void remove(arrival& place) noexcept;

private:
  arrival* oldest_ = nullptr;
  arrival* newest_ = nullptr;
  std::size_t octets_ = 0;
};

} // namespace websock
