// One route of a server.
#pragma once

#include "websock/handshake/route_action.hpp"
#include "websock/options/options.hpp"

namespace websock {

struct http_route {
  request_options options;
  route_action action;
};

} // namespace websock
