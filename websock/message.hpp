// Messages: a view of what came in, a value for what goes out.
#pragma once

#include "websock/handler/message.hpp" // IWYU pragma: export
