// How a call ends without an answer.
#pragma once

#include "term/call_failed.hpp" // IWYU pragma: export
