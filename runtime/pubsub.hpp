// Topics: subscribing, and sending to all subscribers.
#pragma once

#include "registry/pubsub.hpp" // IWYU pragma: export
