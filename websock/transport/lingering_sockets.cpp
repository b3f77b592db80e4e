// The sockets of a shard that outlive their owners for a moment.
#include "websock/transport/lingering_sockets.hpp"

#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/shard.hpp"

#include <cassert>
#include <iterator>
#include <utility>

namespace websock {

lingering_sockets::lingering_sockets(runtime::shard& on, std::size_t most,
                                     unsent_total& total, std::function<void()> finished)
    : shard_(on), most_(most), total_(total), finished_(std::move(finished)) {
}

void lingering_sockets::add(std::unique_ptr<transport> socket, output_backlog unsent,
                            ends_first who) {
  assert(shard_.is_accessible() && "sockets linger on their shard");
  if (sockets_.size() >= most_)
    end(sockets_.begin());
  const bool has_unsent = !unsent.empty();
  try {
    auto& made = sockets_.emplace_back(shard_, std::move(socket), std::move(unsent), who,
                                       [this](lingering_socket& ended) {
                                         auto& all = *this; // what captured it goes
                                         all.end(ended.place);
                                         all.finished_();
                                       });
    made.place = std::prev(sockets_.end());
  } catch (...) { // no memory, or no room for one more to watch
    total_.cut_off += has_unsent ? 1U : 0U;
    shard_.owner().log_thrown("a connection is cut off", runtime::log_level::warning);
  }
}

void lingering_sockets::clear() noexcept {
  while (!sockets_.empty())
    end(sockets_.begin());
}

// The caller may be one of its functions: it is out of the list before it is destroyed.
void lingering_sockets::end(place which) noexcept {
  assert(shard_.is_accessible() && "sockets linger on their shard");
  total_.cut_off += which->has_unsent() ? 1U : 0U;
  std::list<lingering_socket> gone;
  gone.splice(gone.begin(), sockets_, which);
}

} // namespace websock
