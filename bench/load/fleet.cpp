// Opening, and who waits for what.
#include "bench/load/fleet.hpp"

#include "bench/load/phoenix.hpp"

#include <stdexcept>

namespace bench {

std::size_t source_of(std::size_t index) noexcept {
  constexpr std::size_t connections_of_address = 8'192;
  return index / connections_of_address;
}

fleet::fleet(const settings& to, traffic what)
    : messages_(messages_of(to, what), to), waits_to_send_(to.connections),
      buffer_(262'144) {
  if (!to.topic.empty() && to.topics > 0 && what != traffic::visits)
    joins_.emplace(phoenix::joins(to), to);
  clients_.reserve(to.connections);
  for (std::size_t i = 0; i < to.connections; ++i) {
    clients_.push_back(
        std::make_unique<client>(to, joins_ ? &*joins_ : nullptr, messages_,
                                 what == traffic::echoes ? i : 0, source_of(i)));
    poller_.add(at(i).fd(), i, poller::interest::reading);
  }
}

void fleet::flush(std::size_t index) {
  const bool waits = !at(index).flush();
  if (waits == waits_to_send_[index])
    return;
  waits_to_send_[index] = waits;
  poller_.change(at(index).fd(), index,
                 waits ? poller::interest::both : poller::interest::reading);
}

void fleet::note_progress(bool made) {
  const auto now = clock::now();
  if (made)
    last_progress_ = now;
  else if (now - last_progress_ > std::chrono::seconds(10))
    throw std::runtime_error("nothing came back for ten seconds");
}

} // namespace bench
