// What an io_uring reactor knows about a descriptor.
#pragma once

#include "reactor.hpp"

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace websock::runtime::detail {

/// How data arriving on a descriptor is received.
enum class reception : std::uint8_t {
  none,       // not registered
  polled,     // not a stream: the kernel reports readiness, and the owner reads
  idle,       // a stream without a receive request
  asked,      // the kernel receives until told to stop
  stopping,   // the kernel has been told to stop
  starved,    // out of buffers; requested again when some are free
  going_bulk, // told to stop, since reads are large ...
  bulk,       // ... and are done by system calls
  ended,      // nothing more arrives
};

enum class reception_event : std::uint8_t {
  add,    // the descriptor is registered ...
  stream, // ... as a stream; repeating it changes nothing
  ask,    // the kernel is asked to receive
  stop,   // enough has arrived for now
  much,   // a large read
  little, // many small reads in a row
  finish, // the kernel's request has ended ...
  starve, // ... for lack of a buffer
  end,    // ... together with the stream
  lose,   // the kernel no longer accepts requests
};

/// Whether the descriptor is registered as a stream.
[[nodiscard]] constexpr bool is_stream(reception now) noexcept {
  return now >= reception::idle;
}

/// The one place that decides how a reception changes.
[[nodiscard]] constexpr reception next(reception now, reception_event what) noexcept {
  switch (what) {
  case reception_event::add:
    return now == reception::none ? reception::polled : now;
  case reception_event::stream:
    return now == reception::none ? reception::idle : now;
  case reception_event::ask:
    assert(now == reception::idle);
    return reception::asked;
  case reception_event::stop:
    assert(is_stream(now));
    return now == reception::asked ? reception::stopping : now;
  case reception_event::much:
    assert(is_stream(now));
    if (now == reception::asked || now == reception::stopping)
      return reception::going_bulk;
    return now == reception::idle ? reception::bulk : now;
  case reception_event::little:
    assert(now == reception::bulk);
    return reception::idle;
  case reception_event::finish:
    assert(is_stream(now));
    return now == reception::going_bulk ? reception::bulk : reception::idle;
  case reception_event::starve:
    return now == reception::asked ? reception::starved
                                   : next(now, reception_event::finish);
  case reception_event::lose:
    return is_stream(now) && now != reception::ended ? reception::bulk : now;
  case reception_event::end:
    assert(is_stream(now));
    break;
  }
  return reception::ended;
}

/// Whether the kernel has a receive request, which may hold octets at any time.
[[nodiscard]] constexpr bool is_in_kernel(reception now) noexcept {
  return now == reception::asked || now == reception::stopping
         || now == reception::going_bulk;
}

/// The state of data posted on a stream.
enum class posted : std::uint8_t {
  nothing, // none pending
  waiting, // in the batch to be sent next
  unsent,  // not sent; its owner must be told
};

/// What to report to the owner although no completion does.
enum class notice : std::uint8_t {
  nothing,
  due,      // something to read, or the end of the stream
  writable, // the same, and that it may send again
  owed,     // as writable, but the report list was out of memory: the next `arm` adds it
};

enum class notice_event : std::uint8_t {
  list,         // it is added to the report list
  may_write,    // posted data was sent or handed back
  told,         // its entry in the list was handled
  owner_leaves, // the owner is gone; the entry in the list stays
};

/// The one place that decides how notices change.
[[nodiscard]] constexpr notice next(notice now, notice_event what) noexcept {
  switch (what) {
  case notice_event::list:
    assert(now == notice::nothing || now == notice::owed);
    return now == notice::owed ? notice::writable : notice::due;
  case notice_event::may_write:
    return now == notice::due || now == notice::writable ? notice::writable
                                                         : notice::owed;
  case notice_event::owner_leaves:
    return now == notice::due || now == notice::writable ? notice::due : notice::nothing;
  case notice_event::told:
    break;
  }
  return notice::nothing;
}

/// Whether it is in the report list.
[[nodiscard]] constexpr bool is_listed(notice now) noexcept {
  return now == notice::due || now == notice::writable;
}
[[nodiscard]] constexpr bool tells_writable(notice now) noexcept {
  return now == notice::writable || now == notice::owed;
}

/// Small, since there is one per connection.
struct uring_registration {
  /// Octets that arrived and were not read at once.
  struct kept_octets {
    std::string all;
    std::size_t read = 0;
  };
  static constexpr unsigned generation_bits = 29;

  void happens(reception_event what) noexcept { receives = next(receives, what); }
  void happens(notice_event what) noexcept { notices = next(notices, what); }
  [[nodiscard]] bool is_stream() const noexcept { return detail::is_stream(receives); }
  /// Whether its fields are consistent: asserted after each change.
  [[nodiscard]] bool is_legal() const noexcept;

  io_target* target = nullptr;
  std::unique_ptr<kept_octets> kept;
  int descriptor = -1;
  std::uint32_t generation : generation_bits = 0; // counts reuses of descriptor
  posted output : 2 = posted::nothing;
  std::uint32_t place = 0; // index of its posted data among parcels or rests
  std::uint8_t error = 0;  // errno with which the stream ended
  std::uint8_t asked = 0;  // the ring's round in which it was requested
  interest wanted : 2 = interest::nothing;
  std::uint8_t polled : 2 = 0;      // requests for POLLIN (1) and POLLOUT (2)
  std::uint8_t small_reads : 4 = 0; // in a row, since the last large one
  reception receives : 4 = reception::none;
  notice notices : 2 = notice::nothing;
};
static_assert(sizeof(uring_registration) == 32);

/// All registrations, by descriptor. References stay valid.
class uring_registrations {
public:
  /// Null when there is none.
  [[nodiscard]] uring_registration* find(int descriptor) const noexcept;
  /// Returns the registration of a descriptor, creating it if needed; a new one gets the
  /// event `how`: `add` or `stream`.
  [[nodiscard]] uring_registration& enter(int descriptor, reception_event how);
  static void erase(uring_registration& gone) noexcept;
  /// Upper bound on the descriptors registered so far.
  [[nodiscard]] std::size_t size() const noexcept {
    return chunks_.size() * std::tuple_size_v<chunk>;
  }
  /// Calls `visit(registration)` for every registration.
  template <class F>
  void for_each(F visit) {
    for (const auto& some : chunks_)
      if (some)
        for (auto& each : *some)
          if (each.receives != reception::none)
            visit(each);
  }

private:
  using chunk = std::array<uring_registration, 64>;
  std::vector<std::unique_ptr<chunk>> chunks_;
};

} // namespace websock::runtime::detail
