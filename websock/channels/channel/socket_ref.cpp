// Late replies.
#include "websock/channels/channel/socket_ref.hpp"

#include "websock/channels/broadcast/outgoing.hpp"
#include "websock/runtime/address/send.hpp"

namespace websock::channels {

void socket_ref::reply_as(std::string_view status, const payload& body) const {
  runtime::send(transport_, outgoing{share(encode_reply(how_, join_ref_, ref_, topic_,
                                                        status, body))});
}

} // namespace websock::channels
