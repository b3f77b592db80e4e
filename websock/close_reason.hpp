// Why a connection ended, as terminate hears it.
#pragma once

#include "websock/handler/close_reason.hpp" // IWYU pragma: export
