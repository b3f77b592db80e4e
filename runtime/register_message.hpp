// Types that may cross to other nodes; in the library websock::distribution.
#pragma once

#include "distribution/terms/register_message.hpp" // IWYU pragma: export
