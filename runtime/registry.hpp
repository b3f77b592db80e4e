// Processes by key, each with a value.
#pragma once

#include "registry/registry.hpp" // IWYU pragma: export
