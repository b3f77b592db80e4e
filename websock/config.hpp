// Options from the command line, the environment and a file. Needs the library
// websock::config.
#pragma once

#include "websock/config/configuration.hpp" // IWYU pragma: export
#include "websock/config/server_table.hpp"  // IWYU pragma: export
