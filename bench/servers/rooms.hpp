// Channels of the server that is measured, at /socket/websocket.
#pragma once

#include <cstddef>
#include <memory>

namespace websock {
class server;
}

namespace bench {

/// Until this ends, which is after the server has run, its topics are:
///
///     room:*    replies to the event "echo" with the payload as it came, to "values"
///     with
///               a new one made of its value; broadcasts every other event
///     kept:*    the same, with history
///     people:*  who joins is present, and told who else is
class rooms {
public:
  /// `present` people are in the topic people:lobby from the start. In a build without
  /// channels nothing is served.
  rooms(websock::server& on, std::size_t present);
  ~rooms();
  rooms(const rooms&) = delete;
  rooms& operator=(const rooms&) = delete;

private:
  struct content;
  std::unique_ptr<content> content_;
};

} // namespace bench
