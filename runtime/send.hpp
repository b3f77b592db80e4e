// Sending a message, from any thread.
#pragma once

#include "address/name_at.hpp"           // IWYU pragma: export
#include "address/not_transmissible.hpp" // IWYU pragma: export
#include "address/send.hpp"              // IWYU pragma: export
