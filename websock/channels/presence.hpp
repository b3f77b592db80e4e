// Who is in which topic: Presence.
#pragma once

#include "websock/channels/presence/presence.hpp" // IWYU pragma: export
