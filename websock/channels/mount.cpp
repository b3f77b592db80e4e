// Adds the routes of sockets to a server.
#include "websock/channels/mount.hpp"

#include "websock/channels/broadcast/topic_histories.hpp"
#include "websock/channels/longpoll/longpoll_requests.hpp"
#include "websock/channels/longpoll/session_keeper.hpp"
#include "websock/channels/socket/connect.hpp"
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/supervisor/child_spec.hpp"

#include <memory>
#include <string>
#include <utility>

namespace websock::channels {

namespace {

[[nodiscard]] std::shared_ptr<const poll_sessions>
mount_longpoll(server& on, const std::string& path,
               const std::shared_ptr<const endpoint>& of, const checked_options& its) {
  auto all = std::make_shared<poll_sessions>(of, *its.shared(), path);
  const auto at = path + "/longpoll";
  const auto options = longpoll_requests(all->options());
  on.get(at, options, poll_requests(all))
      .post(at, options, post_requests(all))
      .route(
          "OPTIONS", at,
          [](const http::request& request) -> route_result { return preflight(request); })
      .supervise(runtime::child<session_keeper>("sessions at " + at, {}, all));
  return all;
}

} // namespace

longpoll_statistics socket_routes::longpoll() const noexcept {
  return polls_ == nullptr ? longpoll_statistics() : polls_->statistics();
}

socket_routes mount(server& on, std::string_view path, channels_options options,
                    std::function<std::shared_ptr<channel_socket>()> make_socket) {
  auto of = std::make_shared<endpoint>();
  of->options = std::move(options);
  of->make_socket = std::move(make_socket);
  return mount(on, path, std::move(of));
}

socket_routes mount(server& on, std::string_view path, std::shared_ptr<endpoint> of) {
  validate(of->options);
  const auto its_options = connection_options(*of, on.defaults());
  const std::string base(path);
  on.get(base + "/websocket", make_route(of, its_options));
  std::shared_ptr<const poll_sessions> polls;
  if (of->options.longpoll)
    polls = mount_longpoll(on, base, of, its_options);
  return {on, std::move(of), std::move(polls)};
}

void socket_routes::add(std::string_view pattern, const topic_options& options,
                        channel_factory make) {
  on_->require_set_up("channel " + std::string(pattern) + ": channels are");
  of_->routes.add(pattern, std::move(make));
  on_->node().extension<topic_histories>().add(of_.get(), pattern, options);
}

} // namespace websock::channels
