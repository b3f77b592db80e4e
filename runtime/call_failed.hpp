// How a call ends without an answer.
#pragma once

#include "websock/runtime/term/call_failed.hpp" // IWYU pragma: export
