// The sockets of a shard that briefly outlive their owners.
#include "websock/transport/lingering_sockets.hpp"

#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/shard.hpp"

#include <cassert>
#include <iterator>
#include <utility>

namespace websock {

lingering_sockets::lingering_sockets(runtime::shard& home, std::size_t most,
                                     unsent_total& total, std::function<void()> finished)
    : shard_(home), most_(most), total_(total), finished_(std::move(finished)) {
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
                                         auto& all = *this; // survives the lambda
                                         all.end(ended.place);
                                         all.finished_();
                                       });
    made.place = std::prev(sockets_.end());
  } catch (...) { // no memory, or the kernel cannot watch another socket
    total_.cut_off += has_unsent ? 1U : 0U;
    shard_.owner().log_thrown("a connection is cut off", runtime::log_level::warning);
  }
}

void lingering_sockets::clear() noexcept {
  while (!sockets_.empty())
    end(sockets_.begin());
}

// Unlinks the socket before destroying it, as the caller may be one of its functions.
void lingering_sockets::end(place ended) noexcept {
  assert(shard_.is_accessible() && "sockets linger on their shard");
  total_.cut_off += ended->has_unsent() ? 1U : 0U;
  std::list<lingering_socket> gone;
  gone.splice(gone.begin(), sockets_, ended);
}

} // namespace websock
