// What a reactor of io_uring knows of a descriptor.
#pragma once

#include "runtime/reactor.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace runtime::detail {

/// Small: there is one for each connection.
struct uring_registration {
  /// What has come and was not read at once.
  struct kept_octets {
    std::string all;
    std::size_t read = 0;
  };
  static constexpr std::uint32_t none = static_cast<std::uint32_t>(-1);

  static constexpr std::uint32_t first_rest = std::uint32_t{1} << 31; // of what is back

  [[nodiscard]] bool has_rest() const noexcept {
    return parcel != none && parcel >= first_rest;
  }

  io_target* target = nullptr;
  std::unique_ptr<kept_octets> kept;
  int descriptor = -1;
  std::uint32_t generation = 0; // how many had the same descriptor before
  std::uint32_t parcel = none;  // among those that are to leave
  std::uint8_t error = 0;       // with which the stream has ended
  std::uint8_t asked = 0;       // in which round of the ring it is received from
  interest wanted : 2 = interest::nothing;
  std::uint8_t polled : 2 = 0;      // requests for POLLIN (1) and POLLOUT (2)
  std::uint8_t small_reads : 4 = 0; // one after the other, since much came
  bool is_open : 1 = false;         // there is such a registration
  bool is_stream : 1 = false;
  bool is_receiving : 1 = false; // the kernel has such a request ...
  bool is_cancelled : 1 = false; // ... which is to end
  bool has_ended : 1 = false;    // the stream
  bool is_bulk : 1 = false;      // much comes at a time: it is read by calls
  bool is_listed : 1 = false;    // has something to be told that no request tells
  bool is_writable : 1 = false;  // such as that
};
static_assert(sizeof(uring_registration) == 32);

/// All registrations, by descriptor. References stay valid.
class uring_registrations {
public:
  /// nullptr when there is none.
  [[nodiscard]] uring_registration* find(int descriptor) const noexcept;
  /// The one with that descriptor, new if there is none.
  [[nodiscard]] uring_registration& enter(int descriptor, bool is_stream);
  static void erase(uring_registration& gone) noexcept;

private:
  using chunk = std::array<uring_registration, 64>;
  std::vector<std::unique_ptr<chunk>> chunks_;
};

} // namespace runtime::detail
