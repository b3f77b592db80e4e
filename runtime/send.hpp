// Sending a message, from any thread.
#pragma once

#include "websock/runtime/address/send.hpp" // IWYU pragma: export
