// Processes by key, each with a value.
#pragma once

#include "websock/runtime/registry/registry.hpp" // IWYU pragma: export
