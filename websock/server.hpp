// Routes in, connections out.
#pragma once

#include "websock/serve/server.hpp" // IWYU pragma: export
