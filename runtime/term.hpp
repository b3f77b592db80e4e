// An immutable value of any copyable type, which is what a message is.
#pragma once

#include "term/term.hpp" // IWYU pragma: export
