// Replies to requests from other nodes.
#include "remote_caller.hpp"

#include "../address/remote_process.hpp"
#include "hub.hpp"
#include "terms/gen_messages.hpp"

#include <string>
#include <utility>

namespace websock::runtime::distribution {

void remote_caller::reply(term value) {
  const auto* caller = runtime::detail::find_remote(caller_);
  if (caller == nullptr || has_replied_.load())
    return;
  std::string payload;
  etf::writer out(payload);
  reply_to_etf(tag_, value, out, *owner_, owner_->term_limits());
  const auto size = payload.size();
  owner_->check_size(size);
  if (has_replied_.exchange(true))
    return;
  auto& node = static_cast<const known_process*>(caller)->node();
  // It is waited for: never dropped.
  owner_->post_message(node, size,
                       [by = owner_->current_sender(), to = caller_,
                        address = reply_alias(tag_),
                        payload = std::move(payload)](peer& there) mutable {
                         if (address)
                           there.send_to_alias(by, {}, *address, std::move(payload));
                         else
                           there.send(by, to, std::move(payload));
                       });
}

} // namespace websock::runtime::distribution
