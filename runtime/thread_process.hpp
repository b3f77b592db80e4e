// A process for a thread that is none: receive, call.
#pragma once

#include "server/thread_process.hpp" // IWYU pragma: export
