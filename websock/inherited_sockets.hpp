// The sockets that a service manager opened.
#pragma once

#include "websock/listen/inherited_sockets.hpp" // IWYU pragma: export
