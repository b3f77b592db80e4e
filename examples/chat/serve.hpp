// The chat's routes, channels and processes on a server.
#pragma once

#include "websock/server.hpp"

#include "examples/chat/archive.hpp"
#include "examples/chat/house.hpp"

namespace chat {

/// Before the server starts; `in` outlives it.
void serve(websock::server& on, house& in, const archive_setup& setup);

} // namespace chat
