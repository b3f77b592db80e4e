// Everything that an application needs: #include "websock/websock.hpp".
#pragma once

#include "runtime/gen_server.hpp"
#include "runtime/node.hpp"
#include "runtime/process.hpp"
#include "runtime/pubsub.hpp"
#include "websock/behaviour.hpp"
#include "websock/client.hpp"
#include "websock/inherited_sockets.hpp"
#include "websock/reply.hpp"
#include "websock/server.hpp"
