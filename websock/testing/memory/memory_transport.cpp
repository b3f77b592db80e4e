// A transport in memory.
#include "websock/testing/memory/memory_transport.hpp"

#include "websock/runtime/process/shard.hpp"

#include <algorithm>
#include <cstring>

namespace websock::testing {

namespace {

[[nodiscard]] bool wants(runtime::interest wanted, runtime::interest what) noexcept {
  return wanted == what || wanted == runtime::interest::read_write;
}

} // namespace

void memory_pipe::notify() {
  if (is_notified)
    return;
  on.post([self = shared_from_this()](runtime::shard&) {
    self->is_notified = false;
    const runtime::readiness ready{
        .readable = wants(self->wanted, runtime::interest::read)
                    && (!self->to_server.empty() || self->client_ended),
        .writable = wants(self->wanted, runtime::interest::write)
                    && (self->window > 0 || self->client_reset),
        .hung_up = self->client_reset};
    if (self->target != nullptr && (ready.readable || ready.writable))
      self->target->tell(ready);
  });
  is_notified = true;
}

memory_transport::~memory_transport() {
  pipe_->server_closed = true;
  pipe_->target = nullptr;
}

io_result memory_transport::read(std::span<std::byte> into) {
  if (pipe_->to_server.empty())
    return {pipe_->client_ended ? io_result::status::closed
                                : io_result::status::would_block};
  const std::size_t count = std::min(into.size(), pipe_->to_server.size());
  std::memcpy(into.data(), pipe_->to_server.data(), count);
  pipe_->to_server.erase(0, count);
  if (!pipe_->to_server.empty() || pipe_->client_ended)
    pipe_->notify();
  return {io_result::status::done, count};
}

io_result memory_transport::write(std::string_view bytes) {
  if (pipe_->client_reset)
    return {io_result::status::closed};
  const std::size_t count = std::min(bytes.size(), pipe_->window);
  if (count == 0)
    return {io_result::status::would_block};
  pipe_->window -= count;
  pipe_->to_client.append(bytes.substr(0, count));
  return {io_result::status::done, count};
}

void memory_transport::end_of_output() {
  pipe_->server_ended = true;
}

void memory_transport::watch(runtime::io_target& target, runtime::interest wanted) {
  pipe_->target = &target;
  pipe_->wanted = wanted;
  pipe_->notify();
}

std::string memory_transport::unwatch(runtime::io_target&) noexcept {
  pipe_->target = nullptr;
  return {};
}

} // namespace websock::testing
