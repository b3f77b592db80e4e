// What a reactor of io_uring knows of a descriptor.
#pragma once

#include "websock/runtime/reactor/reactor.hpp"

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace websock::runtime::detail {

/// What becomes of what comes on a descriptor.
enum class reception : std::uint8_t {
  none,       // it is not registered
  polled,     // no stream: the kernel says when it is ready, and its owner reads
  idle,       // a stream, for which nothing is asked of the kernel
  asked,      // the kernel receives until it is told to stop
  stopping,   // it was told to
  starved,    // it had no buffer left; it is asked again when there are some
  going_bulk, // it was told to stop, since much comes at a time ...
  bulk,       // ... which is read by calls
  ended,      // nothing comes any more
};

enum class reception_event : std::uint8_t {
  add,    // the descriptor is registered ...
  stream, // ... as a stream; again changes nothing
  ask,    // the kernel is asked to receive
  stop,   // enough has come for now
  much,   // much came at a time
  little, // little came, time and again
  finish, // the kernel's request is over ...
  starve, // ... for want of a buffer
  end,    // ... with the stream
  lose,   // the kernel takes no requests any more
};

/// Whether it is registered as a stream.
[[nodiscard]] constexpr bool is_stream(reception now) noexcept {
  return now >= reception::idle;
}

/// The one place that decides what becomes of a reception.
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

/// Whether the kernel has a request to receive, which may hold octets at any time.
[[nodiscard]] constexpr bool is_in_kernel(reception now) noexcept {
  return now == reception::asked || now == reception::stopping
         || now == reception::going_bulk;
}

/// Where what was posted on a stream is.
enum class posted : std::uint8_t {
  nothing, // is on its way
  waiting, // it is among what leaves next
  unsent,  // it did not leave, and its owner is to be told
};

/// What its owner is told though no request of the kernel's tells it.
enum class notice : std::uint8_t {
  nothing,
  due,      // that there is something to read, or the end
  writable, // the same, and that it may send again
  owed, // the same, but the list of reports had no memory for it: the next look adds it
};

enum class notice_event : std::uint8_t {
  list,         // it is added to the list of reports
  may_write,    // what was posted has left, or is back
  told,         // its turn in the list has come
  owner_leaves, // there is nobody to tell; its place in the list stays
};

/// The one place that decides what is told so.
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

/// Whether it is in the list of reports.
[[nodiscard]] constexpr bool is_listed(notice now) noexcept {
  return now == notice::due || now == notice::writable;
}
[[nodiscard]] constexpr bool tells_writable(notice now) noexcept {
  return now == notice::writable || now == notice::owed;
}

/// Small: there is one for each connection.
struct uring_registration {
  /// What has come and was not read at once.
  struct kept_octets {
    std::string all;
    std::size_t read = 0;
  };
  static constexpr unsigned generation_bits = 29;

  void happens(reception_event what) noexcept { receives = next(receives, what); }
  void happens(notice_event what) noexcept { notices = next(notices, what); }
  [[nodiscard]] bool is_stream() const noexcept { return detail::is_stream(receives); }
  /// Whether its parts may go together: asserted after each change.
  [[nodiscard]] bool is_legal() const noexcept;

  io_target* target = nullptr;
  std::unique_ptr<kept_octets> kept;
  int descriptor = -1;
  std::uint32_t generation : generation_bits = 0; // of those with that descriptor
  posted output : 2 = posted::nothing;
  std::uint32_t place = 0; // of what was posted, among those like it
  std::uint8_t error = 0;  // with which the stream has ended
  std::uint8_t asked = 0;  // in which round of the ring it is received from
  interest wanted : 2 = interest::nothing;
  std::uint8_t polled : 2 = 0;      // requests for POLLIN (1) and POLLOUT (2)
  std::uint8_t small_reads : 4 = 0; // one after the other, since much came
  reception receives : 4 = reception::none;
  notice notices : 2 = notice::nothing;
};
static_assert(sizeof(uring_registration) == 32);

/// All registrations, by descriptor. References stay valid.
class uring_registrations {
public:
  /// nullptr when there is none.
  [[nodiscard]] uring_registration* find(int descriptor) const noexcept;
  /// The one with that descriptor; if there is none, a new one, to which `how` happens:
  /// `add` or `stream`.
  [[nodiscard]] uring_registration& enter(int descriptor, reception_event how);
  static void erase(uring_registration& gone) noexcept;
  /// No descriptor has been larger, as yet.
  [[nodiscard]] std::size_t size() const noexcept {
    return chunks_.size() * std::tuple_size_v<chunk>;
  }
  /// Calls `visit(registration)` for each that there is.
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
