// The store of a node's histories.
#include "websock/channels/broadcast/history.hpp"

#include "websock/channels/broadcast/topic_histories.hpp"
#include "websock/runtime/process/node.hpp"

#include <utility>

namespace websock::channels {

void keep_histories(runtime::node& of, std::shared_ptr<history_store> store) {
  of.extension<topic_histories>().keep_in(std::move(store));
}

history_figures histories_of(runtime::node& of) {
  return of.extension<topic_histories>().figures();
}

} // namespace websock::channels
