// SIGINT, SIGTERM and SIGHUP of a server.
#pragma once

#include "websock/serve/server_signals.hpp" // IWYU pragma: export
