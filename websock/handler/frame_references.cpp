// A table with one place per frame.
#include "websock/handler/frame_references.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace websock::detail {

namespace {

constexpr unsigned place_bits = 6;
constexpr std::size_t largest = 4'096; // octets of a frame that may be kept without use

// Neighbours on the heap get different places. Bound: 64 frames of up to 4 KiB per
// thread, kept until replaced or until the thread ends, which may be after their server.
[[nodiscard]] frame_reference& place_of(const protocol::shared_frame* frame) noexcept {
  static thread_local std::array<frame_reference, 1U << place_bits> kept;
  const std::uint64_t address = reinterpret_cast<std::uintptr_t>(frame);
  return kept[(address * 0x9E37'79B9'7F4A'7C15) >> (64 - place_bits)];
}

} // namespace

frame_reference take_reference(const frame_reference& wanted) noexcept {
  if (auto& kept = place_of(wanted.get()); kept == wanted)
    return std::move(kept);
  return wanted;
}

void put_back(frame_reference done) noexcept {
  if (done->plain().size() <= largest)
    place_of(done.get()).swap(done);
}

} // namespace websock::detail
