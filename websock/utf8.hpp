// Whether text that comes in pieces is UTF-8.
#pragma once

#include "websock/protocol/utf8_validator.hpp" // IWYU pragma: export
