// Sending a message, from any thread.
#pragma once

#include "address/send.hpp" // IWYU pragma: export
