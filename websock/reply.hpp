// What a route answers: a response, or the upgrade to a connection.
#pragma once

#include "websock/handshake/reply.hpp" // IWYU pragma: export
