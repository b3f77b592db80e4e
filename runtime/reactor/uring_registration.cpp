// The registrations of an io_uring reactor.
#include "uring_registration.hpp"

namespace websock::runtime::detail {

bool uring_registration::is_legal() const noexcept {
  const bool is_for_nobody = wanted == interest::nothing && output == posted::nothing
                             && !tells_writable(notices);
  switch (receives) {
  case reception::none:
    return target == nullptr && is_for_nobody && !kept && notices == notice::nothing
           && polled == 0;
  case reception::polled: // it ends with its registration
    return target != nullptr && output == posted::nothing && !kept && error == 0
           && notices == notice::nothing;
  case reception::idle:
  case reception::asked:
  case reception::stopping:
  case reception::starved:
  case reception::going_bulk:
  case reception::bulk:
  case reception::ended:
    break;
  }
  // A stream remains, with what has arrived, when its owner has left it for another to
  // take over. One that ran out of memory was broken off.
  return (target != nullptr || is_for_nobody) && (!kept || kept->read < kept->all.size())
         && (notices != notice::owed || error != 0);
}

uring_registration* uring_registrations::find(int descriptor) const noexcept {
  const auto at = static_cast<std::size_t>(descriptor);
  const auto of_chunk = at / std::tuple_size_v<chunk>;
  if (of_chunk >= chunks_.size() || !chunks_[of_chunk])
    return nullptr;
  auto& found = (*chunks_[of_chunk])[at % std::tuple_size_v<chunk>];
  return found.receives != reception::none ? &found : nullptr;
}

uring_registration& uring_registrations::enter(int descriptor, reception_event how) {
  const auto at = static_cast<std::size_t>(descriptor);
  const auto of_chunk = at / std::tuple_size_v<chunk>;
  if (of_chunk >= chunks_.size())
    chunks_.resize(of_chunk + 1);
  if (!chunks_[of_chunk])
    chunks_[of_chunk] = std::make_unique<chunk>();
  auto& place = (*chunks_[of_chunk])[at % std::tuple_size_v<chunk>];
  if (place.receives == reception::none)
    place.descriptor = descriptor;
  place.happens(how);
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
