// The limits and deadlines of a socket of channels.
#pragma once

#include "websock/channels/socket/longpoll_options.hpp"
#include "websock/http/origin.hpp"
#include "websock/options/options.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace websock {

/// Options of the sockets at one path. What they leave unset is as for the server's other
/// connections.
struct channels_options {
  /// Closes a socket that has received nothing for this long. Phoenix's clients send a
  /// heartbeat every 30 s.
  milliseconds timeout{60'000};
  /// Channels of one socket; further joins are refused.
  std::size_t max_channels = 100;
  /// Octets of a topic; longer ones are refused. Topics are kept in memory.
  std::size_t max_topic = 1'024;
  /// A join that takes longer is given up, and its channel killed. The clients' own time
  /// limit is 10 s.
  milliseconds join_timeout{30'000};
  /// How long a channel that is joined a second time may take to exit, before it is
  /// killed.
  milliseconds rejoin_timeout{5'000};
  /// Messages of one topic that may wait for its join; a client that sends more is cut
  /// off (1008).
  std::size_t max_waiting = 1'000;
  /// What may wait in a channel's mailbox. One that is full ends the channel.
  runtime::mailbox_limit mailbox{.max_messages = 100'000,
                                 .policy = runtime::when_full::close};
  /// Whether clients may send a token as a subprotocol, out of sight of the logs that
  /// URLs are written to: phoenix.js does with the option authToken.
  bool auth_token = false;
  /// Besides "phoenix", which goes with auth_token. A client that offers only others gets
  /// 403.
  std::vector<std::string> subprotocols{};
  /// The pages from which browsers may connect, if not those of the server's option.
  std::optional<http::origin_policy> origin{};
  /// Whether clients may poll by HTTP, where WebSockets do not get through, and how; not
  /// by default.
  std::optional<longpoll_options> longpoll{};
  /// Changes what else upgrade_options has.
  std::function<void(upgrade_options&)> connection{};
};

/// Throws std::invalid_argument for the first option out of range.
void validate(const channels_options& options);

} // namespace websock
