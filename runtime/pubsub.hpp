// Topics: subscribing, and sending to all subscribers.
#pragma once

#include "websock/runtime/registry/pubsub.hpp" // IWYU pragma: export
