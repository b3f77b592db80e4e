// What a route answers: a response, or the upgrade to a connection.
#pragma once

#include "websock/handshake/route_result.hpp" // IWYU pragma: export
