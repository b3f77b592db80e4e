// Phoenix's clients: sockets, channels and broadcasts.
#pragma once

#include "websock/channels/broadcast/broadcast.hpp"         // IWYU pragma: export
#include "websock/channels/broadcast/broadcast_message.hpp" // IWYU pragma: export
#include "websock/channels/broadcast/history.hpp"           // IWYU pragma: export
#include "websock/channels/channel/channel.hpp"             // IWYU pragma: export
#include "websock/channels/channel/channel_socket.hpp"      // IWYU pragma: export
#include "websock/channels/history/memory_store.hpp"        // IWYU pragma: export
#include "websock/channels/mount.hpp"                       // IWYU pragma: export
#include "websock/channels/socket/channel_status.hpp"       // IWYU pragma: export
