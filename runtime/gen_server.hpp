// A process with requests, casts and messages.
#pragma once

#include "websock/runtime/server/gen_server.hpp" // IWYU pragma: export
