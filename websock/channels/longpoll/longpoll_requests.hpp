// Answers the requests of clients that poll.
#pragma once

#include "websock/channels/longpoll/poll_sessions.hpp"
#include "websock/handshake/route_action.hpp"
#include "websock/options/options.hpp"

#include <memory>

namespace websock::channels {

/// GET: begins a session, or waits for what its client is to get.
[[nodiscard]] waiting_handler poll_requests(std::shared_ptr<poll_sessions> all);
/// POST: what a client sends.
[[nodiscard]] waiting_handler post_requests(std::shared_ptr<poll_sessions> all);
/// OPTIONS: whether pages of other origins may ask.
[[nodiscard]] http::response preflight(const http::request& request);

/// The options of the routes of GET and POST.
[[nodiscard]] request_options longpoll_requests(const longpoll_options& options);

} // namespace websock::channels
