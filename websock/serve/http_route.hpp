// One route of a server.
#pragma once

#include "websock/handshake/route_action.hpp"
#include "websock/metrics/route_figures.hpp"
#include "websock/options/options.hpp"

#include <memory>

namespace websock {

struct http_route {
  request_options options;
  route_action action;
  std::shared_ptr<route_figures> figures{}; // shared by routes of one pattern
};

} // namespace websock
