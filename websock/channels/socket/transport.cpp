// Channels on a WebSocket.
#include "websock/channels/socket/transport.hpp"

#include "websock/channels/broadcast/outgoing.hpp"
#include "websock/runtime/process/process.hpp"

#include <string>
#include <utility>

namespace websock::channels {

transport::transport(std::shared_ptr<const endpoint> of,
                     std::shared_ptr<const channel_socket> socket, serializer how)
    : channels_(std::move(of), std::move(socket), how) {
}

handle_result transport::init() {
  channels_.start(self());
  return ok();
}

handle_result transport::handle_in(message_view in) {
  channels_.receive(in);
  return flush();
}

handle_result transport::handle_info(runtime::term info) {
  if (const auto* out = info.get_if<outgoing>())
    return websock::push(out->encoded); // most messages are such
  channels_.handle_info(info);
  return flush();
}

handle_result transport::flush() {
  auto result = websock::push(channels_.take_output());
  const auto* const ending = channels_.ending();
  return ending != nullptr ? std::move(result).and_stop(*ending) : std::move(result);
}

// Where the connection waits for the client's close frame, its channels need not wait
// with it. Otherwise they see the exit of this process.
void transport::terminate(const close_reason& why) {
  channels_.end_joins();
  if (why.what == close_reason::kind::shutdown)
    channels_.tell_channels(runtime::reason::shutdown(std::string("draining")));
  else if (const auto* const ending = channels_.ending())
    channels_.tell_channels(ending->reason);
}

} // namespace websock::channels
