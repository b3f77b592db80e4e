// The handler of a connection: what an application writes.
#pragma once

#include "websock/handler/behaviour.hpp" // IWYU pragma: export
