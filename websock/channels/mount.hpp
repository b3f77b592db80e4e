// Channels at a path of a server.
#pragma once

#include "websock/channels/channel/channel.hpp"
#include "websock/channels/channel/channel_factory.hpp"
#include "websock/channels/channel/channel_socket.hpp"
#include "websock/channels/history/topic_options.hpp"
#include "websock/channels/longpoll/longpoll_statistics.hpp"
#include "websock/channels/socket/channels_options.hpp"
#include "websock/channels/socket/endpoint.hpp"
#include "websock/serve/server.hpp"

#include <concepts>
#include <functional>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>

namespace websock::channels {

class poll_sessions;

/// The sockets at one path, to which channels are added before the server starts. Valid
/// as long as the server.
class socket_routes {
public:
  socket_routes(server& on, std::shared_ptr<endpoint> of,
                std::shared_ptr<const poll_sessions> polls) noexcept
      : on_(&on), of_(std::move(of)), polls_(std::move(polls)) {}

  /// Topics that match `pattern` are served by a `T(args...)` for each client: "room:*"
  /// matches what starts with "room:". The first pattern that matches counts. Throws
  /// std::invalid_argument for a star elsewhere than at the end, and std::logic_error
  /// after the start of the server.
  template <class T, class... Args>
  requires(!std::same_as<std::decay_t<Args>, topic_options> && ...)
      socket_routes& channel(std::string_view pattern, Args&&... args) {
    return channel<T>(pattern, topic_options(), std::forward<Args>(args)...);
  }
  /// The same, with options: `channel<room>("room:*", {.history = 1000})`.
  template <class T, class... Args>
  socket_routes& channel(std::string_view pattern, const topic_options& options,
                         Args&&... args) {
    static_assert(std::derived_from<T, websock::channel>,
                  "T must derive from websock::channel");
    static_assert(std::is_constructible_v<T, const std::decay_t<Args>&...>,
                  "T cannot be constructed from these arguments");
    add(pattern, options,
        [... args = std::decay_t<Args>(
             std::forward<Args>(args))]() -> std::unique_ptr<websock::channel> {
          return std::make_unique<T>(args...);
        });
    return *this;
  }

  /// Clients that poll; zeros without channels_options::longpoll. Any thread.
  [[nodiscard]] longpoll_statistics longpoll() const noexcept;

private:
  void add(std::string_view pattern, const topic_options& options, channel_factory make);

  server* on_;
  std::shared_ptr<endpoint> of_;
  std::shared_ptr<const poll_sessions> polls_; // null without long polling
};

/// Serves Phoenix's clients at `path` of `on`, whose WebSockets are at `path`/websocket,
/// and who poll, if they may, at `path`/longpoll.
/// Throws std::invalid_argument for an option out of range.
[[nodiscard]] socket_routes
mount(server& on, std::string_view path, channels_options options,
      std::function<std::shared_ptr<channel_socket>()> make_socket);
[[nodiscard]] socket_routes mount(server& on, std::string_view path,
                                  std::shared_ptr<endpoint> of);

} // namespace websock::channels

namespace websock {

template <class Socket>
channels::socket_routes server::channels(std::string_view path,
                                         const channels_options& options) {
  static_assert(std::derived_from<Socket, channel_socket>,
                "Socket must derive from websock::channel_socket");
  return channels::mount(*this, path, options, [] { return std::make_shared<Socket>(); });
}

template <class Socket>
channels::socket_routes server::channels(std::string_view path) {
  return channels<Socket>(path, channels_options());
}

} // namespace websock
