// What a program includes to work with an application of Phoenix.
#pragma once

#include "websock/phoenix/pubsub/pubsub.hpp"         // IWYU pragma: export
#include "websock/phoenix/pubsub/pubsub_metrics.hpp" // IWYU pragma: export
#include "websock/phoenix/token/token.hpp"           // IWYU pragma: export
