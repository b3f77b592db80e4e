// What a route answers: a response, or the upgrade to a connection; at once or later.
#pragma once

#include "websock/handshake/route_action.hpp" // IWYU pragma: export
#include "websock/handshake/route_result.hpp" // IWYU pragma: export
