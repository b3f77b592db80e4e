// Connecting to a server.
#pragma once

#include "websock/client/client.hpp" // IWYU pragma: export
