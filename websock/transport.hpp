// A stream of one's own below a connection, such as another library's TLS.
#pragma once

#include "websock/transport/transport.hpp" // IWYU pragma: export
