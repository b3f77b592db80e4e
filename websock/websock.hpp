// Everything that an application needs: #include "websock/websock.hpp".
#pragma once

#include "websock/client/client.hpp"
#include "websock/client/client_session.hpp"
#include "websock/handler/handler.hpp"
#include "websock/handshake/route_result.hpp"
#include "websock/listen/inherited_sockets.hpp"
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/process.hpp"
#include "websock/runtime/registry/pubsub.hpp"
#include "websock/runtime/registry/registry.hpp"
#include "websock/runtime/server/gen_server.hpp"
#include "websock/runtime/server/task.hpp"
#include "websock/runtime/server/thread_process.hpp"
#include "websock/runtime/supervisor/supervisor_calls.hpp"
#include "websock/serve/server.hpp"
