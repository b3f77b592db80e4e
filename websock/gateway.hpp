// The same for sockets that another HTTP server accepted.
#pragma once

#include "websock/serve/gateway.hpp" // IWYU pragma: export
