// What presences say to each other, made known to the libraries that carry it. Needs the
// library websock::distribution.
#pragma once

#include "websock/channels/presence/presence_messages.hpp"
#include "websock/runtime/distribution/terms/register_message.hpp"

namespace websock::channels {

/// From now on the messages of presences cross to other nodes. Any thread, any number of
/// times.
inline void let_presences_cross() {
  namespace said = presence_message;
  using runtime::register_message;
  register_message<said::heartbeat>("presence_heartbeat", &said::heartbeat::node,
                                    &said::heartbeat::creation, &said::heartbeat::seq);
  register_message<said::steps>("presence_steps", &said::steps::node,
                                &said::steps::creation, &said::steps::first,
                                &said::steps::list);
  register_message<said::ask>("presence_ask", &said::ask::node, &said::ask::creation,
                              &said::ask::after, &said::ask::cursor);
  register_message<said::piece>(
      "presence_piece", &said::piece::node, &said::piece::creation, &said::piece::seq,
      &said::piece::after, &said::piece::entries, &said::piece::is_last);
  register_message<said::farewell>("presence_farewell", &said::farewell::node,
                                   &said::farewell::creation);
}

} // namespace websock::channels
