// Plain CAF actors beside processes: handles and requests in both directions. The only
// header that a program needs for this; no other header of runtime/ exposes CAF.
#pragma once

#include "../address/gen_call.hpp"
#include "../address/pid.hpp"
#include "caf_requester.hpp"

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>

namespace websock::runtime {

class process;

/// The CAF handle of a process or actor: send to it, request from it, monitor it, link to
/// it.
[[nodiscard]] caf::actor to_actor(const pid& who);

/// The pid of any actor of the same actor system.
template <class Handle>
[[nodiscard]] pid to_pid(const Handle& actor) {
  return pid(caf::actor_cast<caf::strong_actor_ptr>(actor).get());
}

/// The process as a CAF actor, for `request(actor, timeout, values...).then(on_value,
/// on_error)`. Its handlers run in turns of the process. `.await` is refused: it would
/// make the process deaf to every signal.
[[nodiscard]] caf_requester& as_caf_actor(process& self);

} // namespace websock::runtime
