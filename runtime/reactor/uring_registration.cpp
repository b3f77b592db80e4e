// The registrations of a reactor of io_uring.
#include "websock/runtime/reactor/uring_registration.hpp"

namespace websock::runtime::detail {

uring_registration* uring_registrations::find(int descriptor) const noexcept {
  const auto at = static_cast<std::size_t>(descriptor);
  const auto of_chunk = at / std::tuple_size_v<chunk>;
  if (of_chunk >= chunks_.size() || !chunks_[of_chunk])
    return nullptr;
  auto& found = (*chunks_[of_chunk])[at % std::tuple_size_v<chunk>];
  return found.is_open ? &found : nullptr;
}

uring_registration& uring_registrations::enter(int descriptor, bool is_stream) {
  const auto at = static_cast<std::size_t>(descriptor);
  const auto of_chunk = at / std::tuple_size_v<chunk>;
  if (of_chunk >= chunks_.size())
    chunks_.resize(of_chunk + 1);
  if (!chunks_[of_chunk])
    chunks_[of_chunk] = std::make_unique<chunk>();
  auto& place = (*chunks_[of_chunk])[at % std::tuple_size_v<chunk>];
  if (!place.is_open) {
    place.is_open = true;
    place.is_stream = is_stream;
    place.descriptor = descriptor;
  }
  return place;
}

void uring_registrations::erase(uring_registration& gone) noexcept {
  constexpr std::uint32_t last =
      (std::uint32_t{1} << uring_registration::generation_bits) - 1;
  const std::uint32_t next = (gone.generation + 1) & last;
  gone = uring_registration{};
  gone.generation = next & last;
}

} // namespace websock::runtime::detail
