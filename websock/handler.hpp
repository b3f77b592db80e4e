// The handler of a connection: what an application writes.
#pragma once

#include "websock/handler/handler.hpp" // IWYU pragma: export
