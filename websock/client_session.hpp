// A handler that makes messages of frames, for another process.
#pragma once

#include "websock/client/client_session.hpp" // IWYU pragma: export
