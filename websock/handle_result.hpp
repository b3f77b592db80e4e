// What a callback answers: ok, push, reply, stop.
#pragma once

#include "websock/handler/handle_result.hpp" // IWYU pragma: export
