// What a channel can do, and its callbacks when they are not overridden.
#include "websock/channels/channel/channel.hpp"

#include "websock/channels/channel/channel_process.hpp"
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/shard.hpp"

#include <stdexcept>

namespace websock {

runtime::detail::frame_pool* frames_of(const channel& self) noexcept {
  return self.host_ != nullptr ? &self.host_->process().shard().frames() : nullptr;
}

channels::channel_process& channel::host() const {
  if (host_ == nullptr)
    throw std::logic_error("a channel has no process in its constructor: use it from "
                           "join on");
  return *host_;
}

runtime::process& channel::self() const {
  return host().process();
}

const std::string& channel::topic() const {
  return host().topic();
}

const channel_socket& channel::its_socket() const {
  return host().socket();
}

const channels::message_ref& channel::join_ref() const {
  return host().join_ref();
}

const channels::message_ref& channel::ref() const {
  return host().ref();
}

channels::socket_ref channel::reference() const {
  return host().reference();
}

void channel::push(std::string_view event, const payload& body) const {
  host().push(event, body);
}

void channel::broadcast(std::string_view event, const payload& body) const {
  host().broadcast(event, body);
}

void channel::broadcast_from(std::string_view event, const payload& body) const {
  host().broadcast_from(event, body);
}

channel_result channel::handle_in(std::string_view event, const payload&) {
  throw std::logic_error("no handle_in for the event " + std::string(event) + " in "
                         + topic());
}

channel_result channel::handle_info(runtime::term info) {
  self().node().log(runtime::log_level::warning,
                    "channel " + topic()
                        + " got an unexpected message: " + to_string(info));
  return noreply();
}

channel_result channel::handle_out(std::string_view event, const payload& out) {
  push(event, out);
  return noreply();
}

} // namespace websock
