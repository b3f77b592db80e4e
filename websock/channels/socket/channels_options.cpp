// Checks the options of sockets.
#include "websock/channels/socket/channels_options.hpp"

#include <cstddef>
#include <stdexcept>
#include <string>

namespace websock {

namespace {

constexpr std::size_t shortest_secret = 32; // RFC 2104 §3: as long as the hash

void require(bool holds, const std::string& what) {
  if (!holds)
    throw std::invalid_argument(what);
}

} // namespace

void validate(const channels_options& options) {
  require(options.max_channels > 0, "channels_options::max_channels: at least 1");
  require(options.max_topic > 0, "channels_options::max_topic: at least 1");
  require(options.join_timeout.count() > 0,
          "channels_options::join_timeout: more than 0");
  require(options.rejoin_timeout.count() > 0,
          "channels_options::rejoin_timeout: more than 0");
  if (options.longpoll)
    validate(*options.longpoll);
}

void validate(const longpoll_options& options) {
  const auto window = options.window.count();
  require(window > 0 && window <= 3'600'000, "longpoll_options::window: 1 ms to an hour");
  require(options.max_body > 0, "longpoll_options::max_body: at least 1");
  require(options.max_unread > 0, "longpoll_options::max_unread: at least 1");
  require(options.max_sessions > 0, "longpoll_options::max_sessions: at least 1");
  require(options.secret.empty() || options.secret.size() >= shortest_secret,
          "longpoll_options::secret: at least 32 bytes");
}

} // namespace websock
