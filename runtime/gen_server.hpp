// A process with requests, casts and messages.
#pragma once

#include "server/gen_server.hpp" // IWYU pragma: export
